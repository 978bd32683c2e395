import { chatUrl, type Contestant } from './contestant';
import { bodyOf } from './floor';
import { ReplyReader } from './reply-reader';

/** The floor's parsing and joining alone: from memory, without a network, in the pieces in which the network brings it. */
export function parsingAlone(): Contestant {
	const replies = new Map<string, Uint8Array[]>();
	return {
		helperProcesses: [],
		stop: async () => {},
		fetchBeforehand: async ({ baseUrl, conversationIds }) => {
			replies.clear();
			await Promise.all(conversationIds.map(async (id) => replies.set(id, await piecesOf(chatUrl(baseUrl, id)))));
		},
		ask: async ({ conversationIds }) => ({ texts: conversationIds.map((id) => read(replies.get(id) ?? [])) }),
	};
}

async function piecesOf(url: string): Promise<Uint8Array[]> {
	const pieces: Uint8Array[] = [];
	for await (const bytes of await bodyOf(url)) pieces.push(bytes);
	return pieces;
}

function read(pieces: Uint8Array[]): string {
	const reader = new ReplyReader();
	for (const bytes of pieces) reader.take(bytes);
	return reader.text;
}
