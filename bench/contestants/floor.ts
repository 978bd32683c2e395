import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import { chatUrl, QUESTION, type Contestant } from './contestant';

interface Event {
	event_type: string;
	content: string;
	output?: Record<string, { content: string }>;
}

/**
 * The floor: what the job costs at least. undici's fastest request, eventsource-parser, JSON.parse of each event, the
 * documents of `workflow_end.output`, or else the text of the `streaming` events (docs/apis/reportify.md §3e). No n8n,
 * no ids, no check that the answer is whole, no resuming.
 */
export function floor(): Contestant {
	return {
		helperProcesses: [],
		stop: async () => {},
		ask: async ({ baseUrl, conversationIds }) => ({
			texts: await Promise.all(conversationIds.map((id) => collect(chatUrl(baseUrl, id)))),
		}),
	};
}

async function collect(url: string): Promise<string> {
	const { body } = await request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer bench' },
		body: JSON.stringify({ message: QUESTION, stream: true }),
	});
	const pieces: string[] = [];
	let documents: Array<{ content: string }> = [];
	const parser = createParser({
		onEvent: ({ data }) => {
			const event = JSON.parse(data) as Event;
			if (event.event_type === 'streaming') pieces.push(event.content);
			if (event.event_type === 'workflow_end') documents = Object.values(event.output ?? {});
		},
	});
	const decoder = new TextDecoder();
	for await (const bytes of body) parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
	return documents.length > 0 ? documents.map(({ content }) => content).join('\n\n') : pieces.join('');
}
