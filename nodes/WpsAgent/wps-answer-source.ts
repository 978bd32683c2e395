import { attempt } from '../shared/attempt';
import type { Clock } from '../shared/clock';
import type { AnswerIds, AnswerSource, AnswerStream, LookedUp } from '../shared/following/answer-source';
import { HttpError, statusOf } from '../shared/http/http-error';
import { Watchdog } from '../shared/http/watchdog';
import { textMember } from '../shared/json/json';
import { type ChatMemo, fingerprint, rememberChat } from './chat-memo';
import { areNewestFirst, listedMessages } from './listed-messages';
import { wasUnknownPath } from './live-addresses';
import { collectedTurn, ownTurn, type Turn } from './turns';
import { WPS, type WpsApi, type WpsQuestion } from './wps-api';
import { WpsEvents } from './wps-events';

/**
 * A message whose list entry says nothing about its state is taken for finished when it stays the same so long: an agent
 * that is busy with a tool writes nothing, too, and half an answer must not pass for a whole one. With a shorter idle
 * timeout less, so that the wait is not taken for silence.
 */
const STABLE_MS = 10_000;
/** The same for a list that shows exactly as much as had arrived when the stream broke off. */
const STABLE_WHERE_BROKEN_MS = 20_000;
/** Pause between looks at a session. */
const POLL_MS = 3_000;
/** Listing what was said before a question must not hold the question up, nor be taken for silence of the answer. */
const BEFORE_TIMEOUT_MS = 15_000;

/** How long a conversation may show nothing of a question before it is said not to be there. */
const MISSING_MS = 30_000;

const LINE_FEED = new Uint8Array([0x0a]);

/** A question, and how it is asked. */
export interface Asking {
	question: WpsQuestion;
	/** False when the answer is not waited for. */
	isStreamed: boolean;
}

/** A question that was asked elsewhere. */
export interface Collecting {
	/** The question's text, where the user gave it. */
	question?: string;
}

/** What an answer is read with. */
export interface Surroundings {
	api: WpsApi;
	clock: Clock;
	memo: ChatMemo;
	idleTimeoutMs: number;
}

/**
 * An answer of a WPS agent: its stream, and after a broken one its message in the session (`docs/apis/wps.md §3`–`§5`).
 * WPS documents no way to read a stream again. The permission to chat is enough for an answer; what needs the one for
 * sessions, looking up, fails only where it is needed.
 */
export class WpsAnswerSource implements AnswerSource {
	readonly providerName = WPS;
	readonly composition = 'lastBlock';
	/** Names and meanings of one dialect are (`docs/apis/wps.md §5.6`). */
	readonly formIsAssumed = true;

	private decoder = this.createDecoder();
	/** The chat makes its session. */
	private isSessionNew = false;
	/** The session that was made for this question; undefined also while the chat makes it. */
	private madeSession: string | undefined;
	private hasLooked = false;
	private lastLook: { text: string; at: number } | undefined;
	private missingSince: number | undefined;

	private readonly api: WpsApi;
	private readonly clock: Clock;
	private readonly memo: ChatMemo;
	private readonly idleTimeoutMs: number;
	private readonly beforeMs: number;

	constructor(
		{ api, clock, memo, idleTimeoutMs }: Surroundings,
		private readonly work: Asking | Collecting,
	) {
		this.api = api;
		this.clock = clock;
		this.memo = memo;
		this.idleTimeoutMs = idleTimeoutMs;
		this.beforeMs = Math.min(BEFORE_TIMEOUT_MS, idleTimeoutMs / 2);
	}

	createDecoder(): WpsEvents {
		this.decoder = new WpsEvents(() => this.isSessionNew);
		return this.decoder;
	}

	/**
	 * Makes the session beforehand, so that an answer can be looked up whatever becomes of its stream. Where WPS does not
	 * allow it, or knows no address for it, the chat makes its own one (`docs/apis/wps.md §3`, A1).
	 */
	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const made = await attempt(() => this.api.createSession(signal));
		if (made.ok) return { conversationId: (this.madeSession = made.value.sessionId) };
		if (isForbidden(made.error) || wasUnknownPath(made.error)) return {};
		throw made.error;
	}

	async ask({ conversationId }: AnswerIds, signal: AbortSignal): Promise<AnswerStream> {
		const { question, isStreamed } = this.work as Asking;
		// Before anything can go wrong: without the text, the turn before would be taken for this question's.
		this.memo.question = fingerprint(question.text);
		this.memo.wasAnswered = false;
		this.isSessionNew = conversationId === undefined;
		if (conversationId === this.madeSession) this.memo.earlier = new Set();
		else await this.noteEarlierMessages(conversationId!, signal);
		if (isStreamed) {
			const { hasBegun, headers, body } = await this.api.streamChat(conversationId, question, signal);
			this.memo.wasAnswered = hasBegun;
			return { headers, body: this.followed(body, conversationId, signal) };
		}
		const started = await this.api.startChat(conversationId, question, signal);
		const ids = {
			conversationId: conversationId ?? textMember(started, 'session_id'),
			messageId: textMember(started, 'chat_id'),
		};
		this.memo.wasAnswered = true;
		this.remember(ids);
		return { ids, body: nothing() };
	}

	/** The question is known to have arrived when a reply began, or when the session shows something of its turn. */
	async findQuestion(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined> {
		if (this.memo.wasAnswered) return ids;
		if (ids.conversationId === undefined) return undefined;
		const { hasBegun, answer } = await this.turn(ids, signal);
		return hasBegun ? { ...ids, messageId: ids.messageId ?? answer?.chatId } : undefined;
	}

	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		if (ids.conversationId === undefined) return { state: 'unavailable', reason: UNNAMED };
		for (;;) {
			const looked = await attempt(() => this.turn(ids, signal));
			if (!looked.ok) return this.unavailable(looked.error);
			const { answer, isAmbiguous, hasBegun } = looked.value;
			if (isAmbiguous) return { state: 'ambiguous', hint: AMBIGUOUS };
			if (!hasBegun) return this.notListed();
			if (answer?.hasFailed) return { state: 'failed', error: { text: answer.text } };
			const text = answer?.text ?? '';
			if (!answer || text === '' || answer.isFinished === false) {
				// A listed question without a whole answer is still being worked on.
				return { state: 'running', text, said: hasBegun };
			}
			const { at } = this.lastLook?.text === text ? this.lastLook : (this.lastLook = { text, at: this.clock.ticks() });
			const wait = at + this.stableMs(text) - this.clock.ticks();
			if (answer.isFinished || wait <= 0) {
				return { state: 'completed', text, files: answer.files, ids: { messageId: answer.chatId } };
			}
			await this.clock.sleep(Math.min(wait, POLL_MS), signal);
			signal.throwIfAborted();
		}
	}

	/**
	 * A question may stream without the permission that the list of messages needs. Whoever collects gets the error as it
	 * is.
	 *
	 * @throws the error, where it says nothing of that kind
	 */
	private unavailable(error: unknown): LookedUp {
		if (!isForbidden(error) || !('isStreamed' in this.work)) throw error;
		const { hint = '' } = error.response.error;
		return { state: 'unavailable', reason: `${NOT_LISTED} ${hint}`.trim().replace(/\.$/, '') };
	}

	/** A question that this process asked is out there, though nothing is listed; one that somebody names need not be. */
	private notListed(): LookedUp {
		if ('isStreamed' in this.work || this.memo.wasAnswered) return { state: 'running' };
		this.missingSince ??= this.clock.ticks();
		return { state: 'missing', isFinal: this.clock.ticks() - this.missingSince >= MISSING_MS };
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
	 * one. Without that list the question is still asked, but an answer that does not arrive is not looked up.
	 */
	private async noteEarlierMessages(conversationId: string, signal: AbortSignal): Promise<void> {
		if (this.hasLooked) return;
		const limit = new AbortController();
		const watchdog = new Watchdog(this.clock, this.beforeMs, () => limit.abort(new Error('the list took too long')));
		const limited = AbortSignal.any([signal, limit.signal]);
		const listed = await attempt(() => this.api.messages(conversationId, limited));
		watchdog.stop();
		signal.throwIfAborted();
		this.hasLooked = true;
		const isKnown = listed.ok && listed.value.isWhole;
		this.memo.earlier = isKnown ? new Set(listedMessages(listed.value.rows).map(({ key }) => key)) : undefined;
	}

	/**
	 * The body of the stream. WPS may only name the chat, as it does when no stream is asked for (the published contract
	 * has none): the session is then polled until the answer is there.
	 */
	private async *followed(
		body: AsyncIterable<Uint8Array>,
		givenId: string | undefined,
		signal: AbortSignal,
	): AsyncGenerator<Uint8Array> {
		const ids = (): AnswerIds => ({
			conversationId: givenId ?? this.decoder.sessionId,
			messageId: this.decoder.chatId,
		});
		let isRemembered = false;
		for await (const bytes of body) {
			yield bytes;
			if (this.decoder.hasAnswered) this.memo.wasAnswered = true;
			if (!isRemembered) isRemembered = this.remember(ids());
		}
		if (!this.decoder.hasOnlyStarted) return;
		const startedAt = this.clock.ticks();
		for (;;) {
			const look = await this.lookUp(ids(), signal);
			if (look.state !== 'running') return;
			// Neither the reply nor the list knows of the question.
			const isUnknown = this.decoder.chatId === undefined && !look.said;
			if (isUnknown && this.clock.ticks() - startedAt >= MISSING_MS) return;
			yield LINE_FEED; // a sign of life
			await this.clock.sleep(POLL_MS, signal);
			signal.throwIfAborted();
		}
	}

	/** Keeps what is known for Collect; false as long as the chat has no name. */
	private remember({ conversationId, messageId }: AnswerIds): boolean {
		if (conversationId === undefined || messageId === undefined) return false;
		rememberChat(conversationId, messageId, this.memo);
		return true;
	}

	private async turn({ conversationId, messageId }: AnswerIds, signal: AbortSignal): Promise<Turn> {
		const { rows, isWhole } = await this.api.messages(conversationId!, signal);
		const messages = listedMessages(rows);
		if ('isStreamed' in this.work) {
			return ownTurn(messages, this.memo, messageId, (id) => this.decoder.hasMessage(id));
		}
		const { question } = this.work;
		return collectedTurn(
			{ messages, isWhole, hasNewest: isWhole || areNewestFirst(rows) },
			{
				chatId: messageId,
				question: question === undefined ? undefined : fingerprint(question),
				memo: this.memo,
			},
		);
	}
}

const AMBIGUOUS =
	'The conversation holds several answers, and WPS does not tell which question each belongs to. Give the text of the question in the field Question, ask in a conversation of its own, or read all messages with the operation Get of the resource Conversation.';
const UNNAMED = 'It cannot be looked up, because WPS had not named the conversation yet';
const NOT_LISTED = 'It cannot be looked up, because WPS does not show the messages of the conversation.';

function isForbidden(error: unknown): error is HttpError {
	return error instanceof HttpError && statusOf(error.response) === 403;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
	yield* [];
}
