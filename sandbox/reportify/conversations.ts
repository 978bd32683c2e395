import type { Run } from '../run';
import type { ReportifyDialect } from './dialect';
import type { ReportifyEvent } from './events';

/** A conversation; ids are digits. */
export interface Conversation {
	readonly id: string;
	readonly agentId: string;
	readonly type: string;
	readonly title: string | undefined;
	readonly meta: Record<string, unknown> | undefined;
	readonly channel: string | undefined;
	readonly createdAt: number;
	updatedAt: number;
	/** Oldest first. */
	readonly messages: Message[];
}

/** A question or an answer. */
export interface Message {
	readonly id: string;
	readonly turnId: string;
	readonly createdAt: number;
	readonly question?: string;
	readonly documents?: unknown;
	readonly answer?: Answer;
	readonly replyTo?: string;
}

/** An assistant message and the run that fills it. */
export interface Answer {
	/** The id in the response header, and the `response_id` of the events (docs/apis/reportify.md §3d-2). */
	readonly assistantMessageId: string;
	readonly run: Run<ReportifyEvent>;
	readonly dialect: ReportifyDialect;
}

/** Odd, so that a double cannot hold it (docs/apis/reportify.md §0). */
const LARGE = 11887655289749513n;
const SMALL = 683242877840089n;

/** All conversations of the stand-in. */
export class ConversationStore {
	private readonly conversations = new Map<string, Conversation>();
	private used = 0n;

	/** A new integer id as digits: odd, rising. */
	nextId(large: boolean): string {
		return String((large ? LARGE : SMALL) + 2n * this.used++);
	}

	add(conversation: Conversation): void {
		this.conversations.set(conversation.id, conversation);
	}

	get(id: string): Conversation | undefined {
		return this.conversations.get(id);
	}

	/** The answer with this assistant message id; of several replays of the same recorded run, the last one. */
	answer(conversation: Conversation, id: string): Answer | undefined {
		return conversation.messages.filter(({ answer }) => answer?.assistantMessageId === id).at(-1)?.answer;
	}

	/** Forgets everything; answers still running are stopped. */
	clear(): void {
		for (const { messages } of this.conversations.values()) {
			for (const { answer } of messages) void answer?.run.cancel();
		}
		this.conversations.clear();
	}
}
