import { type BodyListener, readBody } from '../shared/following/body-reader';
import { type Frame, jsonOf } from '../shared/frames/frame';
import { HttpError } from '../shared/http/http-error';
import type { HttpReply } from '../shared/http/transport';
import { isJsonObject } from '../shared/json/json';
import { WpsEvents } from './wps-events';
import { envelopeError } from './wps-failure-event';

/** How much of the end of the received text decides whether an event is under way. Characters. */
const TAIL = 4096;

/** The beginning of a streamed answer. */
export interface ChatStream {
	/** Its first event is here, and it is one of WPS. */
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
 * Takes the reply to a question for a stream. WPS may answer with an error in its place, under whatever status
 * (`docs/apis/wps.md §5.4`); the first event decides, in however many pieces it arrives.
 *
 * @param openAnew makes the call again where that may help with this error; undefined where not
 * @throws HttpError for one at once; one that follows signs of life is left to the decoder, unless
 * `openAnew` helps
 */
export async function chatStream(
	reply: HttpReply,
	signal: AbortSignal,
	openAnew: (error: HttpError) => Promise<ChatStream | undefined>,
): Promise<ChatStream> {
	const iterator = reply.body[Symbol.asyncIterator]();
	const { headers } = reply;
	const beginning = await readBeginning(iterator, signal, headers);
	const error = errorIn(beginning, reply.status);
	if (error) throw error;

	async function* body(): AsyncGenerator<Uint8Array> {
		yield* beginning.bytes;
		for (let { first, isOver } = beginning; first === undefined && !isOver;) {
			const next = await readBeginning(iterator, signal, headers);
			({ first, isOver } = next);
			const lateError = errorIn(next, reply.status);
			const anew = lateError && (await openAnew(lateError));
			if (anew) return yield* anew.body;
			yield* next.bytes;
		}
		for (;;) {
			const { done, value } = await iterator.next();
			if (done) return;
			yield value;
		}
	}
	return { hasBegun: isOfWps(beginning.first), headers, body: body() };
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
	const listener: BodyListener = {
		onBytes: () => undefined,
		onFrames(frames) {
			first = frames[0];
			return first === undefined && isInsideAnEvent(tail);
		},
	};
	const end = await readBody(recorded, signal, listener, headers);
	return { bytes, first: first ?? end?.frames[0], isOver: end !== undefined };
}

/** True when something has begun that its next bytes will end. */
function isInsideAnEvent(text: string): boolean {
	const unfinished = text.split(/\n\n|\r\r|\r\n\r\n/).at(-1)!;
	return unfinished.split(/[\r\n]/).some((line) => line.trim() !== '' && !line.trimStart().startsWith(':'));
}

const isOfWps = (frame: Frame | undefined): boolean =>
	frame !== undefined && new WpsEvents().decode(frame).some(({ form }) => form === undefined);

function errorIn({ first }: Beginning, status: number): HttpError | undefined {
	const value = first && jsonOf(first);
	if (!isJsonObject(value) || value.event !== undefined) return undefined;
	const error = envelopeError(value, status);
	return error && new HttpError({ status, error });
}
