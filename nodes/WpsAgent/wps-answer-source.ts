import type { AnswerIds, AnswerPage, AnswerSource, LookedUp } from '../shared/following/answer-source';
import { attempt } from '../shared/following/attempt';
import type { Clock } from '../shared/following/clock';
import { Watchdog } from '../shared/following/watchdog';
import { textMember } from '../shared/json/json';
import { type ChatTrace, rememberChat } from './chat-trace';
import { listedMessages, turnOf } from './listed-messages';
import { WPS, type WpsApi, type WpsQuestion } from './wps-api';
import { WpsEvents } from './wps-events';

/**
 * A message whose list entry says nothing about its state is taken for finished when it stays the same so long: an agent
 * that is busy with a tool writes nothing, too, and half an answer must not pass for a whole one. With a shorter idle
 * timeout less, so that the wait is not taken for silence.
 */
const STABLE_MS = 10_000;
/** The same for a list that shows exactly as much as had come when the stream broke off. */
const STABLE_WHERE_BROKEN_MS = 20_000;
/** Pause between looks at a session. */
const POLL_MS = 3_000;
/** Listing what was said before a question must not hold the question up, nor be taken for silence of the answer. */
const BEFORE_TIMEOUT_MS = 15_000;

const LINE_FEED = new Uint8Array([0x0a]);

/** A question, and how it is asked. */
export interface Asking {
	question: WpsQuestion;
	/** False when nobody waits for the answer. */
	isStreamed: boolean;
}

/** What an answer is read with. */
export interface Surroundings {
	api: WpsApi;
	clock: Clock;
	trace: ChatTrace;
	idleTimeoutMs: number;
}

/**
 * An answer of a WPS agent: its stream, and after a broken one its message in the session (`providers/wps.md §3`–`§5`). WPS
 * documents no way to read a stream again.
 */
export class WpsAnswerSource implements AnswerSource {
	readonly providerName = WPS;
	readonly composition = 'lastBlock';
	readonly formIsAssumed = true;

	private decoder = new WpsEvents();
	private hasLooked = false;
	private lastLook: { text: string; at: number } | undefined;

	private readonly api: WpsApi;
	private readonly clock: Clock;
	private readonly trace: ChatTrace;
	private readonly idleTimeoutMs: number;
	private readonly beforeMs: number;

	/** @param asking undefined for a question that was asked elsewhere */
	constructor(
		{ api, clock, trace, idleTimeoutMs }: Surroundings,
		private readonly asking?: Asking,
	) {
		this.api = api;
		this.clock = clock;
		this.trace = trace;
		this.idleTimeoutMs = idleTimeoutMs;
		this.beforeMs = Math.min(BEFORE_TIMEOUT_MS, idleTimeoutMs / 2);
	}

	createDecoder(): WpsEvents {
		this.decoder = new WpsEvents();
		return this.decoder;
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const { sessionId } = await this.api.createSession(signal);
		this.trace.ownConversation = sessionId;
		this.trace.earlier = new Set();
		return { conversationId: sessionId };
	}

	async ask({ conversationId }: AnswerIds, signal: AbortSignal): Promise<AnswerPage> {
		const { question, isStreamed } = this.asking!;
		// Before anything can go wrong: without the text, the turn before would be taken for this question's.
		this.trace.text = question.text;
		this.trace.wasAnswered = false;
		await this.noteEarlierMessages(conversationId!, signal);
		if (isStreamed) {
			const { first, body } = await this.api.streamChat(conversationId!, question, signal);
			this.trace.wasAnswered = first !== undefined;
			return { body: this.followed(body, conversationId!, signal) };
		}
		const messageId = textMember(await this.api.startChat(conversationId!, question, signal), 'chat_id');
		this.trace.wasAnswered = true;
		if (messageId !== undefined) rememberChat(conversationId!, messageId, this.trace);
		return { ids: { messageId }, body: nothing() };
	}

	/** The question is known to have arrived when a reply began, or when the session shows something of its turn. */
	async locate(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined> {
		if (this.trace.wasAnswered) return ids;
		const { hasBegun, answer } = await this.turn(ids, signal);
		return hasBegun ? { ...ids, messageId: ids.messageId ?? answer?.chatId } : undefined;
	}

	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		for (;;) {
			const { answer, isAmbiguous, hasBegun } = await this.turn(ids, signal);
			if (isAmbiguous) return { state: 'failed', complaint: AMBIGUOUS };
			if (answer?.hasFailed) return { state: 'failed', complaint: { text: answer.text } };
			const text = answer?.text ?? '';
			if (!answer || text === '' || answer.isFinished === false) {
				// A question that is listed and has no whole answer yet is being worked on.
				return { state: 'running', text, said: hasBegun };
			}
			const { at } = this.lastLook?.text === text ? this.lastLook : (this.lastLook = { text, at: this.clock.now() });
			const wait = at + this.stableMs(text) - this.clock.now();
			if (answer.isFinished || wait <= 0) {
				return { state: 'completed', text, files: answer.files, ids: { messageId: answer.chatId } };
			}
			await this.clock.sleep(Math.min(wait, POLL_MS), signal);
			signal.throwIfAborted();
		}
	}

	private stableMs(text: string): number {
		const isWhereItBroke = this.decoder.unfinishedText?.trimEnd() === text.trimEnd();
		return Math.min(isWhereItBroke ? STABLE_WHERE_BROKEN_MS : STABLE_MS, this.idleTimeoutMs / 2);
	}

	async cancel({ messageId }: AnswerIds, signal: AbortSignal): Promise<void> {
		await this.api.cancelChat(messageId!, signal);
	}

	/**
	 * Notes which messages are there before the question, so that the answer to an earlier one is never taken for the new
	 * one. Without that list the question is asked all the same, and an answer that does not arrive is not looked up.
	 */
	private async noteEarlierMessages(conversationId: string, signal: AbortSignal): Promise<void> {
		if (this.hasLooked || this.trace.ownConversation === conversationId) return;
		const limit = new AbortController();
		const watchdog = new Watchdog(this.clock, this.beforeMs, () => limit.abort(new Error('the list took too long')));
		const limited = AbortSignal.any([signal, limit.signal]);
		const listed = await attempt(() => this.api.messages(conversationId, limited));
		watchdog.stop();
		signal.throwIfAborted();
		this.hasLooked = true;
		const isKnown = listed.worked && listed.value.isWhole;
		this.trace.earlier = isKnown ? new Set(listedMessages(listed.value.rows).map(({ key }) => key)) : undefined;
	}

	/**
	 * The body of the stream. WPS may only name the chat, as it does when no stream is asked for (the published contract has
	 * none): the session is then watched until the answer is there, which looking it up takes over.
	 */
	private async *followed(
		body: AsyncIterable<Uint8Array>,
		conversationId: string,
		signal: AbortSignal,
	): AsyncGenerator<Uint8Array> {
		let messageId: string | undefined;
		for await (const bytes of body) {
			yield bytes;
			if (this.decoder.chatId === messageId) continue;
			messageId = this.decoder.chatId;
			if (messageId !== undefined) rememberChat(conversationId, messageId, this.trace);
		}
		if (!this.decoder.hasOnlyStarted) return;
		while ((await this.lookUp({ conversationId, messageId }, signal)).state === 'running') {
			yield LINE_FEED; // a sign of life
			await this.clock.sleep(POLL_MS, signal);
			signal.throwIfAborted();
		}
	}

	private async turn({ conversationId, messageId }: AnswerIds, signal: AbortSignal) {
		const { rows } = await this.api.messages(conversationId!, signal);
		return turnOf(listedMessages(rows), this.trace, messageId, (id) => this.decoder.hasMessage(id));
	}
}

const AMBIGUOUS = {
	text: 'The conversation holds several answers, and WPS does not tell which question each belongs to.',
	hint: 'Read the messages with the operation Get of the resource Conversation.',
};

async function* nothing(): AsyncGenerator<Uint8Array> {
	yield* [];
}
