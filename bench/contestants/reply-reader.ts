import { createParser } from 'eventsource-parser';

interface Event {
	event_type: string;
	content: string;
	output?: Record<string, { content: string }>;
}

/**
 * The least that has to be done with the bytes of a reply: eventsource-parser, JSON.parse of each event, the documents of
 * `workflow_end.output`, or else the text of the `streaming` events (docs/apis/reportify.md §3e).
 */
export class ReplyReader {
	private readonly pieces: string[] = [];
	private documents: Array<{ content: string }> = [];
	private readonly decoder = new TextDecoder();
	private readonly parser = createParser({
		onEvent: ({ data }) => {
			const event = JSON.parse(data) as Event;
			if (event.event_type === 'streaming') this.pieces.push(event.content);
			if (event.event_type === 'workflow_end') this.documents = Object.values(event.output ?? {});
		},
	});

	take(bytes: Uint8Array): void {
		this.parser.feed(this.decoder.decode(bytes, { stream: true }));
	}

	get text(): string {
		return this.documents.length > 0 ? this.documents.map(({ content }) => content).join('\n\n') : this.pieces.join('');
	}
}
