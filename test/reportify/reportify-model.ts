import { reportifyComplaint } from '../../nodes/Reportify/reportify-api';
import { watched } from '../../nodes/shared/http/idle-timeout';
import type { ProviderConnection } from '../../nodes/shared/http/requests';
import { type HttpReply, type HttpRequest, TransportFailure } from '../../nodes/shared/http/transport';
import type { FakeClock } from '../following/fake-clock';
import { type EventLog, placeOfEnd } from './event-log';

export const CONVERSATION_ID = '11887655289749513';
export const MESSAGE_ID = '019b24ef238cc97730971a9a0080c99c';
export const QUESTION = 'What happened?';

/** What goes wrong with one connection that streams events. */
export interface StreamFault {
	/**
	 * In place of a stream: no connection; the request lost on its way; the connection reset when the request had
	 * arrived; no headers; a status, the request having been taken in or not.
	 */
	instead?: 'refused' | 'lost' | 'reset' | 'silent' | { status: number; takenIn: boolean; retryAfter?: string };
	/** The body ends after this many bytes. */
	after?: { bytes: number; how: 'end' | 'reset' | 'stall' };
	/** The event at this place of the page cannot be read. */
	malformed?: number;
	/** Each event twice, or the last three of them again after each event. */
	repeats?: 'each' | 'lastThree';
	/** The header with the message's id is missing. */
	nameless?: boolean;
}

/** What goes wrong with one look at the message list. */
export type ListFault =
	| { status: number }
	| 'reset'
	| 'silent'
	/** The question and the answer are not listed yet. */
	| 'behind'
	/** The answer is there without its text. */
	| 'textless'
	/** The answer is shown as running although it is finished. */
	| 'running';

export interface World {
	log: EventLog;
	reading: 'inclusive' | 'exclusive';
	/** Faults of the connections that stream, in turn; none behind the last one. */
	streamFaults: StreamFault[];
	listFaults: ListFault[];
	/** The same for the whole log as JSON; `behind`: it is empty, `textless`: half of it, `running`: its end is missing. */
	logFaults: ListFault[];
	/** Milliseconds between two events of the run. */
	pace: number;
	/** Bytes per piece, in turn; 0 for all that there is. */
	pieces: number[];
	lineEnd: '\n' | '\r\n' | '\r';
	/** What stays open behind the last event: the server does not close. */
	staysOpen?: boolean;
	/** When Stop is pressed, milliseconds. */
	stopAt?: number;
	/** Where a list shows the answer's text. */
	listsTextAs?: 'content' | 'events';
}

/** Reportify in memory: an event log that grows while the run goes on, its stream, its resume, its message list. */
export class ReportifyModel {
	/** Requests in turn, as `ask`, `resume 9195`, `log`, `list`, `cancel`. */
	readonly requests: string[] = [];
	/** How often the question has been taken in. */
	questions = 0;
	private askedAt: number | undefined;
	private cancelledAt: number | undefined;
	private streams = 0;
	private lists = 0;
	private logs = 0;
	private piece = 0;

	constructor(
		private readonly world: World,
		private readonly clock: FakeClock,
		wasAsked = false,
	) {
		if (wasAsked) this.askedAt = clock.now();
	}

	get connection(): ProviderConnection {
		return {
			providerName: 'Reportify',
			clock: this.clock,
			complaintOf: reportifyComplaint,
			transport: watched(async (request, signal) => await this.serve(request, signal), this.clock, { ms: 120_000 }),
		};
	}

	private async serve({ method, path }: HttpRequest, signal: AbortSignal | undefined): Promise<HttpReply> {
		signal?.throwIfAborted();
		const [, resource = '', query = ''] = /^([^?]*)\??(.*)$/.exec(path) as RegExpExecArray;
		if (resource.endsWith('/chat')) return await this.stream('ask', undefined, signal);
		if (resource.endsWith('/cancel')) {
			this.requests.push('cancel');
			this.cancelledAt = this.clock.now();
			return json(200, { response_id: MESSAGE_ID, status: 'cancelled' });
		}
		if (resource.endsWith('/messages')) return await this.list(signal);
		if (method === 'GET' && resource.endsWith(`/messages/${MESSAGE_ID}`)) {
			if (query === 'stream=false') return await this.wholeLog(signal);
			const from = Number(new URLSearchParams(query).get('from_offset'));
			return await this.stream(`resume ${from}`, from, signal);
		}
		return json(404, { detail: 'Not found' });
	}

	// --- the run --------------------------------------------------------------------------------------------------

	/** When an event came into being. */
	private bornAt(event: number): number {
		return (this.askedAt as number) + event * this.world.pace;
	}

	private hasEnded(): boolean {
		return this.clock.now() >= this.bornAt(this.world.log.events.length - 1);
	}

	// --- streams --------------------------------------------------------------------------------------------------

	private async stream(name: string, from: number | undefined, signal: AbortSignal | undefined): Promise<HttpReply> {
		this.requests.push(name);
		const fault = this.world.streamFaults[this.streams++] ?? {};
		const { instead } = fault;
		if (instead === 'refused') throw new TransportFailure('no', 'ECONNREFUSED');
		const isAsk = name === 'ask';
		const isTakenIn = isAsk && instead !== 'lost' && (typeof instead !== 'object' || instead.takenIn);
		if (isTakenIn) {
			this.questions++;
			this.askedAt ??= this.clock.now();
		}
		if (instead === 'lost' || instead === 'reset') throw new TransportFailure('maybe', 'ECONNRESET');
		if (instead === 'silent') return await untilAborted(signal);
		if (instead) {
			const headers: Record<string, string> =
				instead.retryAfter === undefined ? {} : { 'retry-after': instead.retryAfter };
			return json(instead.status, { detail: 'fault' }, headers);
		}
		if (this.askedAt === undefined) return json(404, { detail: 'Not found' });
		const named: Record<string, string> =
			isAsk && !fault.nameless ? { 'x-reportify-assistant-message-id': MESSAGE_ID } : {};
		return { status: 200, headers: { 'content-type': 'text/event-stream', ...named }, body: this.body(from, fault) };
	}

	private async *body(from: number | undefined, fault: StreamFault): AsyncGenerator<Uint8Array> {
		let left = fault.after?.bytes ?? Infinity;
		for await (const bytes of this.page(from, fault)) {
			for (const piece of this.inPieces(bytes.subarray(0, Math.min(left, bytes.length)))) yield piece;
			left -= bytes.length;
			if (left <= 0) break;
		}
		if (left <= 0 && fault.after?.how === 'reset') throw new Error('ECONNRESET: aborted');
		const stalls = left <= 0 && fault.after?.how === 'stall';
		if (stalls || (left > 0 && this.world.staysOpen)) await new Promise(() => undefined);
	}

	private *inPieces(bytes: Uint8Array): Generator<Uint8Array> {
		for (let at = 0; at < bytes.length;) {
			const size = this.world.pieces[this.piece++ % this.world.pieces.length] as number;
			const end = size === 0 ? bytes.length : at + size;
			yield bytes.subarray(at, end);
			at = end;
		}
	}

	/** The bytes of a page; events that exist already come together, the others as they are born. */
	private async *page(from: number | undefined, fault: StreamFault): AsyncGenerator<Uint8Array> {
		const { events, offsets } = this.world.log;
		const isWanted = (offset: number) =>
			from === undefined || from === 0 || (this.world.reading === 'inclusive' ? offset >= from : offset > from);
		const wanted = events.map((_event, at) => at).filter((at) => isWanted(offsets[at] as number));
		let ready = '';
		for (const [place, at] of wanted.entries()) {
			const wait = this.bornAt(at) - this.clock.now();
			if (wait > 0) {
				if (ready !== '') yield encoded(ready);
				ready = '';
				await this.clock.serverSleep(wait);
			}
			const own = fault.malformed === place ? `${(events[at] as string).slice(0, -3)}` : (events[at] as string);
			const again =
				fault.repeats === 'each'
					? [own]
					: fault.repeats === 'lastThree' && fault.malformed === undefined
						? wanted.slice(Math.max(0, place - 2), place + 1).map((each) => events[each] as string)
						: [];
			for (const each of [own, ...again]) ready += this.framed(each);
		}
		if (ready !== '') yield encoded(ready);
	}

	private framed(event: string): string {
		const { lineEnd } = this.world;
		return `data: ${event}${lineEnd}${lineEnd}`;
	}

	// --- the log as JSON ------------------------------------------------------------------------------------------

	private async wholeLog(signal: AbortSignal | undefined): Promise<HttpReply> {
		this.requests.push('log');
		const fault = this.world.logFaults[this.logs++];
		if (fault === 'reset') throw new TransportFailure('maybe', 'ECONNRESET');
		if (fault === 'silent') return await untilAborted(signal);
		if (typeof fault === 'object') return json(fault.status, { detail: 'fault' });
		if (this.askedAt === undefined) return json(404, { detail: 'Not found' });
		const born = this.world.log.events.filter((_event, at) => this.bornAt(at) <= this.clock.now());
		const end = placeOfEnd(this.world.log);
		const limit = fault === undefined ? born.length : { behind: 0, textless: born.length / 2, running: end }[fault];
		return json(200, { assistant_events: born.slice(0, limit).map((event) => JSON.parse(event) as unknown) });
	}

	// --- the message list -----------------------------------------------------------------------------------------

	private async list(signal: AbortSignal | undefined): Promise<HttpReply> {
		this.requests.push('list');
		const fault = this.world.listFaults[this.lists++];
		if (fault === 'reset') throw new TransportFailure('maybe', 'ECONNRESET');
		if (fault === 'silent') return await untilAborted(signal);
		if (typeof fault === 'object') return json(fault.status, { detail: 'fault' });
		const older = {
			id: 1,
			turn_id: 1,
			role: 'assistant',
			status: 'completed',
			assistant_message_id: 'old',
			content: { text: 'old' },
		};
		if (this.askedAt === undefined || fault === 'behind') return json(200, { messages: [older] });
		const { log } = this.world;
		const isFinished = this.hasEnded() && fault !== 'running';
		const status = isFinished ? log.end : 'running';
		const answer = {
			id: 3,
			turn_id: 2,
			role: 'assistant',
			reply_to_message_id: 2,
			status: this.cancelledAt === undefined ? status : 'cancelled',
			error_info: status === 'failed' ? { code: 'E42', message: 'boom' } : null,
			assistant_message_id: MESSAGE_ID,
			...this.listedText(isFinished && fault !== 'textless'),
			created_at: this.askedAt,
		};
		const question = { id: 2, turn_id: 2, role: 'user', content: { text: QUESTION }, created_at: this.askedAt };
		return json(200, { messages: [answer, question, older] });
	}

	private listedText(isKnown: boolean) {
		if (!isKnown) return { content: null, assistant_events: [] };
		const { log, listsTextAs } = this.world;
		if (listsTextAs !== 'events') return { content: { text: log.text }, assistant_events: null };
		return { content: null, assistant_events: log.events.map((event) => JSON.parse(event) as unknown) };
	}
}

const encoder = new TextEncoder();
const encoded = (text: string) => encoder.encode(text);

function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
	async function* one() {
		yield encoded(JSON.stringify(body));
	}
	return { status, headers: { 'content-type': 'application/json', ...headers }, body: one() };
}

const untilAborted = async (signal: AbortSignal | undefined) =>
	await new Promise<never>((_resolve, reject) => {
		signal?.addEventListener('abort', () => reject(new Error('canceled')), { once: true });
	});
