import type { AnswerIds, AnswerPage, AnswerSource } from '../shared/following/answer-source';
import { utf8Body } from '../shared/http/utf8-body';
import { AI_DOL, type AiDolApi, type AiDolQuestion } from './aidol-api';
import { AiDolEvents } from './aidol-events';

/**
 * An answer of AI-DOL: its stream and nothing else. No history, no resume and no cancel endpoint is documented
 * (`docs/apis/aidol.md §4`, `§8`), so what breaks off stays broken off, and Stop only closes the connection.
 */
export class AiDolAnswerSource implements AnswerSource {
	readonly providerName = AI_DOL;
	readonly composition = 'everything';
	/** Dify reports the usage in `message_end`, after the end of the workflow. */
	readonly eventsAfterEnd = true;
	readonly formIsAssumed = true;
	private decoder: AiDolEvents;

	/** @param textField steps to the place of the text in an event, where the user has named it */
	constructor(
		private readonly api: AiDolApi,
		private readonly question: AiDolQuestion,
		private readonly textField?: string[],
	) {
		this.decoder = this.createDecoder();
	}

	/** No end marker is documented: a clean end after text is the end (`docs/apis/aidol.md §4`). */
	get cleanEndCompletes(): boolean {
		return this.decoder.mayEndHere;
	}

	createDecoder(): AiDolEvents {
		this.decoder = new AiDolEvents(this.textField);
		return this.decoder;
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const { conversationId } = await this.api.createConversation(this.question.agentId, signal);
		return { conversationId };
	}

	async ask(ids: AnswerIds, signal: AbortSignal): Promise<AnswerPage> {
		const reply = await this.api.chat(ids.conversationId!, this.question, signal);
		return { httpStatus: reply.status, headers: reply.headers, body: utf8Body(reply, this.providerName) };
	}
}
