import type { AnswerIds, AnswerSource, AnswerStream, LookedUp } from '../shared/following/answer-source';
import { type JsonObject, textMember } from '../shared/json/json';
import { Recent } from '../shared/recent';
import { lookUpMessage, textOfContent } from './message-look-up';
import { newestMessages } from './newest-messages';
import {
	MESSAGE_ID_HEADER,
	type NewConversation,
	REPORTIFY,
	type ReportifyApi,
	type ReportifyDocument,
} from './reportify-api';
import { ReportifyEvents } from './reportify-events';

/** Messages to look through for a question that has just been asked; newer ones than it are few. */
const LOCATE_LIMIT = 10;
/** How far the provider's clock may be off when a question is recognised by its time. Milliseconds. */
const CLOCK_TOLERANCE_MS = 120_000;

/** When the questions of known answers were asked; so many are remembered, the oldest are forgotten. */
const askedAtOf = new Recent<number>(1000);

/** Keeps the answer of one question from being taken for that of a later one with the same words. */
function rememberAnswer(messageId: string | undefined, askedAt: number | undefined): void {
	if (messageId !== undefined && askedAt !== undefined) askedAtOf.set(messageId, askedAt);
}

export interface ReportifyQuestion {
	message: string;
	documents: ReportifyDocument[];
	/** What a new conversation is to be like. */
	conversation: NewConversation;
	/** When the question is asked, milliseconds since 1970. */
	askedAt: number;
}

/** An answer of Reportify: its stream, its event log, its message (`docs/apis/reportify.md §3`–`§6`). */
export class ReportifyAnswerSource implements AnswerSource {
	readonly providerName = REPORTIFY;
	readonly composition = 'lastBlock';
	readonly eventsAfterEnd = true;
	/** The id of the message is known, from a header or from the user who collects its answer. */
	private isNamed = false;

	constructor(
		private readonly api: ReportifyApi,
		private readonly question?: ReportifyQuestion,
	) {}

	createDecoder(): ReportifyEvents {
		return new ReportifyEvents(() => this.isNamed);
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const made = await this.api.createConversation(this.question!.conversation, signal);
		return { conversationId: made.id, conversationUrl: textMember(made, 'url') };
	}

	async ask(ids: AnswerIds, signal: AbortSignal): Promise<AnswerStream> {
		const { message, documents } = this.question!;
		const reply = await this.api.chat(ids.conversationId!, { message, documents }, signal);
		const messageId = reply.headers[MESSAGE_ID_HEADER];
		rememberAnswer(messageId, this.question!.askedAt);
		this.isNamed = messageId !== undefined;
		return { ids: { messageId }, headers: reply.headers, body: reply.body };
	}

	/** The newest question with our text, asked no earlier than ours, and its answer's id, unless another one has got that. */
	async findQuestion(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined> {
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

	async resume(ids: AnswerIds, fromOffset: number | undefined, signal: AbortSignal): Promise<AnswerStream> {
		rememberAnswer(ids.messageId, this.question?.askedAt);
		this.isNamed = true;
		return await this.api.messageEvents(ids.conversationId!, ids.messageId!, fromOffset, signal);
	}

	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		if (ids.messageId === undefined) return { state: 'missing' };
		return await lookUpMessage(this.api, ids.conversationId!, ids.messageId, signal);
	}

	async cancel(ids: AnswerIds, signal: AbortSignal): Promise<void> {
		await this.api.cancel(ids.conversationId!, ids.messageId!, signal);
	}
}

/** A question and its answer share a turn, or the answer says what it replies to (`docs/apis/reportify.md §6`). */
function belongsTo(answer: JsonObject, question: JsonObject): boolean {
	if (answer.turn_id !== undefined && answer.turn_id !== null) return answer.turn_id === question.turn_id;
	return answer.reply_to_message_id === question.id;
}
