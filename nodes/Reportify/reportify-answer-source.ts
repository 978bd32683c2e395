import { Answer } from '../shared/answer/answer';
import type { AnswerResult } from '../shared/answer/answer-change';
import type { AnswerIds, AnswerPage, AnswerSource, LookedUp } from '../shared/following/answer-source';
import { attempt } from '../shared/following/attempt';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { newestMessages } from './newest-messages';
import {
	MESSAGE_ID_HEADER,
	type NewConversation,
	REPORTIFY,
	type ReportifyApi,
	type ReportifyDocument,
} from './reportify-api';
import { complaintIn } from './reportify-complaint';
import { ReportifyEvents } from './reportify-events';

/** Messages to look through for a question that has just been asked; newer ones than it are few. */
const LOCATE_LIMIT = 20;
/** Messages to look through for an answer; others may have been written since. */
const LOOK_UP_LIMIT = 200;

/** How far the provider's clock may be off when a question is recognised by its time. Milliseconds. */
const CLOCK_TOLERANCE_MS = 120_000;

/** When the questions of known answers were asked; so many are remembered, the oldest are forgotten. */
const REMEMBERED_ANSWERS = 1000;
const askedAtOf = new Map<string, number>();

/** Keeps the answer of one question from being taken for that of a later one with the same words. */
function rememberAnswer(messageId: string | undefined, askedAt: number | undefined): void {
	if (messageId === undefined || askedAt === undefined) return;
	askedAtOf.set(messageId, askedAt);
	if (askedAtOf.size > REMEMBERED_ANSWERS) askedAtOf.delete(askedAtOf.keys().next().value as string);
}

const CANCELLED = ['cancelled', 'canceled', 'stopped', 'aborted'];
const FAILED = ['failed', 'error', 'errored'];

export interface ReportifyQuestion {
	message: string;
	documents: ReportifyDocument[];
	/** How to make the conversation, when there is none yet. */
	conversation: NewConversation;
	/** When the question is asked, milliseconds since 1970. */
	askedAt: number;
}

/** An answer of Reportify: its stream, its event log, its message (`providers/reportify.md §3`–`§6`). */
export class ReportifyAnswerSource implements AnswerSource {
	readonly providerName = REPORTIFY;
	readonly composition = 'lastBlock';
	readonly eventsAfterEnd = true;

	constructor(
		private readonly api: ReportifyApi,
		private readonly question?: ReportifyQuestion,
	) {}

	createDecoder(): ReportifyEvents {
		return new ReportifyEvents();
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const made = await this.api.createConversation(this.question!.conversation, signal);
		return { conversationId: made.id, conversationUrl: textMember(made, 'url') };
	}

	async ask(ids: AnswerIds, signal: AbortSignal): Promise<AnswerPage> {
		const { message, documents } = this.question!;
		const reply = await this.api.chat(ids.conversationId!, { message, documents }, signal);
		const messageId = reply.headers[MESSAGE_ID_HEADER];
		rememberAnswer(messageId, this.question!.askedAt);
		return { ids: { messageId }, body: reply.body };
	}

	/** The newest question with our text, asked no earlier than ours, and its answer's id, unless another one has got that. */
	async locate(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined> {
		const messages = await this.api.messages(ids.conversationId!, { limit: LOCATE_LIMIT }, signal);
		const { message, askedAt } = this.question!;
		const question = messages.find(
			(each) =>
				each.role === 'user' &&
				textOfContent(each)?.trim() === message.trim() &&
				typeof each.created_at === 'number' &&
				each.created_at >= askedAt - CLOCK_TOLERANCE_MS,
		);
		const answer = question && messages.find((each) => each.role === 'assistant' && belongsTo(each, question));
		const messageId = answer && textMember(answer, 'assistant_message_id');
		if (messageId === undefined) return undefined;
		const since = (time: number) => Math.abs(Number(question!.created_at) - time);
		const isOfEarlier = since(askedAtOf.get(messageId) ?? askedAt) < since(askedAt);
		return isOfEarlier ? undefined : { ...ids, messageId };
	}

	async resume(ids: AnswerIds, fromOffset: number | undefined, signal: AbortSignal): Promise<AnswerPage> {
		rememberAnswer(ids.messageId, this.question?.askedAt);
		return await this.api.messageEvents(ids.conversationId!, ids.messageId!, fromOffset, signal);
	}

	/** The events of the answer themselves, then the message list (`reportify.md §6`, final-answer fallback). */
	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		const { messageId } = ids;
		if (messageId === undefined) return { state: 'missing' };
		const log = await attempt(() => this.api.eventLog(ids.conversationId!, messageId, signal));
		signal.throwIfAborted();
		if (log.worked && replayed(log.value).answer.outcome) return { state: 'log', events: eventsOf(log.value) };
		for await (const message of newestMessages(this.api, ids.conversationId!, LOOK_UP_LIMIT, () => signal)) {
			if (textMember(message, 'assistant_message_id') === messageId) {
				return lookedUp(message, log.worked ? log.value : []);
			}
		}
		return log.worked && log.value.length > 0 ? { state: 'running' } : { state: 'missing' };
	}

	async cancel(ids: AnswerIds, signal: AbortSignal): Promise<void> {
		await this.api.cancel(ids.conversationId!, ids.messageId!, signal);
	}
}

/** A question and its answer share a turn, or the answer says what it replies to (`providers/reportify.md §6`). */
function belongsTo(answer: JsonObject, question: JsonObject): boolean {
	if (answer.turn_id !== undefined && answer.turn_id !== null) return answer.turn_id === question.turn_id;
	return answer.reply_to_message_id === question.id;
}

/**
 * What the list says about an answer.
 *
 * @param log its events, as far as they are known from elsewhere
 */
function lookedUp(message: JsonObject, log: JsonValue[]): LookedUp {
	const status = (textMember(message, 'status') ?? '').toLowerCase();
	const listed = Array.isArray(message.assistant_events) ? message.assistant_events : [];
	const events = listed.length > log.length ? listed : log;
	const { answer, result } = replayed(events);
	if (answer.outcome) return { state: 'log', events: eventsOf(events) };
	const complaint = complaintIn(message.error_info);
	// Of `content.text` it is not stated whether it is the report (`reportify.md §6`), but it is what the list shows.
	const text = textOfContent(message) || result?.text;
	if (FAILED.includes(status) || complaint) {
		const reason = complaint ?? answer.warning ?? { text: `status ${status}` };
		return { state: 'failed', complaint: reason, text: answer.toString() || undefined };
	}
	const { files } = answer;
	if (CANCELLED.includes(status)) return { state: 'cancelled', text: text ?? answer.toString(), files };
	// Without a text, "completed" does not tell what the answer is; it may still be on its way into the list.
	if (status === 'completed' && text !== undefined) return { state: 'completed', text, files };
	return { state: 'running', text };
}

/** Anew for each reading: a decoder keeps count of what it has seen. */
const eventsOf = (log: JsonValue[]) => new ReportifyEvents().decodeEvents(log);

function replayed(log: JsonValue[]): { answer: Answer; result: AnswerResult | undefined } {
	const answer = new Answer({ composition: 'lastBlock' });
	const decoder = new ReportifyEvents();
	for (const event of decoder.decodeEvents(log)) answer.apply(event);
	return { answer, result: decoder.resultSoFar() };
}

/** `content` is an object with a text in lists and plain text elsewhere (`providers/reportify.md §2`). */
function textOfContent({ content }: JsonObject): string | undefined {
	if (typeof content === 'string') return content;
	return isJsonObject(content) ? textMember(content, 'text', 'content') : undefined;
}
