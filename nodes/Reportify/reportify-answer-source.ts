import { Answer } from '../shared/answer/answer';
import type { AnswerIds, AnswerPage, AnswerSource, LookedUp } from '../shared/following/answer-source';
import { isJsonObject, type JsonObject, textMember } from '../shared/json/json';
import { newestMessages } from './newest-messages';
import { MESSAGE_ID_HEADER, REPORTIFY, type ReportifyApi, type ReportifyDocument } from './reportify-api';
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
	/** For a new conversation; the provider's default agent when there is none. */
	agentId?: string;
	/** When the question is asked, milliseconds since 1970. */
	askedAt: number;
}

/** An answer of Reportify: its stream, its event log, its message (`providers/reportify.md §3`–`§6`). */
export class ReportifyAnswerSource implements AnswerSource {
	readonly providerName = REPORTIFY;
	readonly composition = 'everything';
	readonly eventsAfterEnd = true;

	constructor(
		private readonly api: ReportifyApi,
		private readonly question?: ReportifyQuestion,
	) {}

	createDecoder(): ReportifyEvents {
		return new ReportifyEvents();
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const { agentId } = this.question!;
		return { conversationId: (await this.api.createConversation({ agentId }, signal)).id };
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
		const messages: JsonObject[] = [];
		for await (const each of newestMessages(this.api, ids.conversationId!, LOCATE_LIMIT, () => signal))
			messages.push(each);
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

	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		const { messageId } = ids;
		for await (const message of newestMessages(this.api, ids.conversationId!, LOOK_UP_LIMIT, () => signal)) {
			if (messageId === undefined) break;
			if (textMember(message, 'assistant_message_id') === messageId) return lookedUp(message);
		}
		return { state: 'missing' };
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

function lookedUp(message: JsonObject): LookedUp {
	const status = (textMember(message, 'status') ?? '').toLowerCase();
	const complaint = complaintIn(message.error_info);
	if (FAILED.includes(status) || complaint) {
		return { state: 'failed', complaint: complaint ?? { text: `status ${status}` } };
	}
	const replayed = replayedAnswer(message);
	const text = textOfContent(message) ?? textOf(replayed);
	const files = replayed?.files;
	if (CANCELLED.includes(status)) return { state: 'cancelled', text: text ?? '', files };
	// Without a text, "completed" does not tell what the answer is; it may still be on its way into the list.
	if (status === 'completed' && text !== undefined) return { state: 'completed', text, files };
	return { state: 'running', text, said: status !== '' && status !== 'completed' };
}

/** The answer as the events tell it that some servers keep with the message. */
function replayedAnswer({ assistant_events: events }: JsonObject): Answer | undefined {
	if (!Array.isArray(events)) return undefined;
	const answer = new Answer({ composition: 'everything' });
	const decoder = new ReportifyEvents();
	for (const event of decoder.decodeEvents(events)) answer.apply(event);
	return answer;
}

/** Events that hold neither text nor the end, an empty list above all, do not tell that the answer is empty. */
function textOf(replayed: Answer | undefined): string | undefined {
	const text = replayed?.toString();
	return text !== '' || replayed?.outcome?.status === 'completed' ? text : undefined;
}

/** `content` is an object with a text in lists and plain text elsewhere (`providers/reportify.md §2`). */
function textOfContent({ content }: JsonObject): string | undefined {
	if (typeof content === 'string') return content;
	return isJsonObject(content) ? textMember(content, 'text', 'content') : undefined;
}
