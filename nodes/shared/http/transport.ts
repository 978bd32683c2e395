import type { ConversationFailure } from '../failures/conversation-failure';

/** One HTTP request, as a provider describes it. */
export interface HttpRequest {
	method: 'GET' | 'POST';
	/** Path below the base URL, percent-encoded, with its query. */
	path: string;
	/** Exact JSON text to send. */
	json?: string;
	/** A form with files, instead of JSON. */
	form?: FormData;
	accept?: string;
	/** More headers; the credential may put others in their place. */
	headers?: Record<string, string>;
}

/** The beginning of a response; its body arrives as it is read. */
export interface HttpReply {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	body: AsyncIterable<Uint8Array>;
}

/**
 * Sends one request, once. Resolves for every HTTP status. Only the signal closes the connection, also while the body is
 * being read.
 *
 * @throws TransportFailure
 */
export type Transport = (request: HttpRequest, signal: AbortSignal | undefined) => Promise<HttpReply>;

/** No HTTP answer came. */
export class TransportFailure extends Error {
	/**
	 * @param reached `no`: nothing was sent, trying again is safe. `maybe`: the server may have received the request.
	 * @param detail the technical text, for the description
	 */
	constructor(
		readonly reached: 'no' | 'maybe',
		readonly detail: string,
	) {
		super('no HTTP answer came');
	}
}

/** Nothing was sent, because n8n or the credential found something wrong beforehand. */
export class NothingSent extends TransportFailure {
	/**
	 * @param failure what is wrong, in the user's terms
	 * @param mayPass it may pass, like a database or a token server that is unreachable
	 */
	constructor(
		readonly failure: ConversationFailure,
		readonly mayPass: boolean,
	) {
		super('no', failure.message);
	}
}

/** Largest reply that is read as a whole, bytes. */
export const LARGEST_TEXT = 32 * 1024 * 1024;

/** A reply is too large to be read as a whole. */
export class ReplyTooLarge extends Error {
	constructor() {
		super(`a reply of more than ${LARGEST_TEXT / 1024 / 1024} MB`);
	}
}

/**
 * The whole body as text. UTF-8, whatever the headers say.
 *
 * @throws ReplyTooLarge
 */
export async function readText(reply: HttpReply): Promise<string> {
	const { text, isWhole } = await readBeginning(reply, LARGEST_TEXT);
	if (!isWhole) throw new ReplyTooLarge();
	return text;
}

/**
 * The body as text, or as much of it as there is in its first bytes.
 *
 * @param most bytes to read
 */
export async function readBeginning(reply: HttpReply, most: number): Promise<{ text: string; isWhole: boolean }> {
	const decoder = new TextDecoder();
	const pieces: string[] = [];
	let length = 0;
	let isWhole = true;
	for await (const bytes of reply.body) {
		pieces.push(decoder.decode(bytes, { stream: true }));
		length += bytes.length;
		isWhole = length < most;
		if (!isWhole) break;
	}
	return { text: pieces.join('') + decoder.decode(), isWhole };
}
