/** What is known about a question beside its ids, for telling its answer from others in the same conversation. */
export interface ChatTrace {
	/**
	 * Keys of the messages that were in the conversation before the question was asked; undefined when they could not be
	 * listed, or when the question was asked elsewhere.
	 */
	earlier?: ReadonlySet<string>;
	/** The conversation, when it was made for this question. */
	ownConversation?: string;
	/** The question's text. */
	text?: string;
	/** A reply had begun: the question was taken in. */
	wasAnswered?: boolean;
}

/** Chats are remembered for a later node of the workflow; so many, the oldest are forgotten. */
const REMEMBERED_CHATS = 1000;

const chats = new Map<string, ChatTrace>();

/** Keeps what is known about a chat for the operation Collect, as long as this process of n8n lives. */
export function rememberChat(conversationId: string, chatId: string, trace: ChatTrace): void {
	const key = keyOf(conversationId, chatId);
	chats.delete(key);
	chats.set(key, { ...trace });
	if (chats.size > REMEMBERED_CHATS) chats.delete(chats.keys().next().value as string);
}

/** What is known about a chat that this process of n8n started; undefined for others. */
export const rememberedChat = (conversationId: string, chatId: string): ChatTrace | undefined =>
	chats.get(keyOf(conversationId, chatId));

const keyOf = (conversationId: string, chatId: string) => JSON.stringify([conversationId, chatId]);
