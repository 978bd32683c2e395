import { request } from 'undici';
import { chatUrl, QUESTION, type Contestant } from './contestant';
import { ReplyReader } from './reply-reader';

/**
 * The floor: what the job costs at least. undici's fastest request, and the least that has to be done with the bytes. No
 * n8n, no ids, no check that the answer is whole, no resuming.
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
	const reader = new ReplyReader();
	for await (const bytes of await bodyOf(url)) reader.take(bytes);
	return reader.text;
}

/** The body of the reply to a question, in the pieces in which it comes over the network. */
export async function bodyOf(url: string): Promise<AsyncIterable<Uint8Array>> {
	const { body } = await request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer bench' },
		body: JSON.stringify({ message: QUESTION, stream: true }),
	});
	return body as AsyncIterable<Uint8Array>;
}
