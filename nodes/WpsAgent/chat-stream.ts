import { type PageListener, readPage } from '../shared/following/body-reader';
import type { Frame } from '../shared/frames/frame';
import { RequestRefused } from '../shared/http/http-error';
import type { HttpReply } from '../shared/http/transport';
import { isJsonObject, tryParseJson } from '../shared/json/json';
import { envelopeComplaint } from './wps-failure-event';

/** How much of the end of the received text decides whether an event is under way. Characters. */
const TAIL = 4096;

/** The beginning of a streamed answer. */
export interface ChatStream {
	/** Its first event is here. */
	hasBegun: boolean;
	/** Of the response, lower-case names. */
	headers: Readonly<Record<string, string>>;
	body: AsyncIterable<Uint8Array>;
}

/** Bytes of a body up to its first event, or as far as there are only signs of life. */
interface Beginning {
	bytes: Uint8Array[];
	first?: Frame;
	isOver: boolean;
}

/**
 * Takes the reply to a question for a stream. WPS may answer with a refusal in its place, under whatever status
 * (`docs/apis/wps.md §5.4`); the first event decides, in however many pieces it arrives.
 *
 * @param openAnew makes the call again where that may help with this refusal; undefined where not
 * @throws RequestRefused for a refusal at once; one that follows signs of life is left to the decoder, unless
 * `openAnew` helps
 */
export async function chatStream(
	reply: HttpReply,
	signal: AbortSignal,
	openAnew: (refusal: RequestRefused) => Promise<ChatStream | undefined>,
): Promise<ChatStream> {
	const iterator = reply.body[Symbol.asyncIterator]();
	const { headers } = reply;
	const beginning = await readBeginning(iterator, signal, headers);
	const refusal = refusalIn(beginning, reply.status);
	if (refusal) throw refusal;

	async function* body(): AsyncGenerator<Uint8Array> {
		yield* beginning.bytes;
		for (let { first, isOver } = beginning; first === undefined && !isOver;) {
			const next = await readBeginning(iterator, signal, headers);
			({ first, isOver } = next);
			const lateRefusal = refusalIn(next, reply.status);
			const anew = lateRefusal && (await openAnew(lateRefusal));
			if (anew) return yield* anew.body;
			yield* next.bytes;
		}
		for (;;) {
			const { done, value } = await iterator.next();
			if (done) return;
			yield value;
		}
	}
	return { hasBegun: beginning.first !== undefined, headers, body: body() };
}

/**
 * Reads as far as something is under way. A comment or a blank line is handed on at once: the agent may think for minutes
 * behind it, and they are signs of life.
 */
async function readBeginning(
	iterator: AsyncIterator<Uint8Array>,
	signal: AbortSignal,
	headers: Readonly<Record<string, string>>,
): Promise<Beginning> {
	const bytes: Uint8Array[] = [];
	const decoder = new TextDecoder();
	let tail = '';
	let first: Frame | undefined;
	const recorded: AsyncIterable<Uint8Array> = {
		[Symbol.asyncIterator]: () => ({
			async next() {
				const result = await iterator.next();
				if (result.done) return result;
				bytes.push(result.value);
				tail = (tail + decoder.decode(result.value, { stream: true })).slice(-TAIL);
				return result;
			},
		}),
	};
	const listener: PageListener = {
		onBytes: () => undefined,
		onFrames(frames) {
			first = frames[0];
			return first === undefined && isInsideAnEvent(tail);
		},
	};
	const end = await readPage(recorded, signal, listener, headers);
	return { bytes, first: first ?? end?.frames[0], isOver: end !== undefined };
}

/** True when something has begun that its next bytes will end. */
function isInsideAnEvent(text: string): boolean {
	const unfinished = text.split(/\n\n|\r\r|\r\n\r\n/).at(-1)!;
	return unfinished.split(/[\r\n]/).some((line) => line.trim() !== '' && !line.trimStart().startsWith(':'));
}

function refusalIn({ first }: Beginning, status: number): RequestRefused | undefined {
	const value = first && tryParseJson(first.data);
	if (!isJsonObject(value) || value.event !== undefined) return undefined;
	const complaint = envelopeComplaint(value, status);
	return complaint && new RequestRefused({ status, complaint });
}
