import { createHash } from 'crypto';
import { Recent } from '../shared/recent';

/**
 * What is known about a question beside its ids, to distinguish its answer from others in the same conversation. It is
 * kept for long, so it holds fingerprints instead of texts.
 */
export interface ChatMemo {
	/**
	 * The messages that were in the conversation before the question was asked, by their fingerprints; undefined when they
	 * could not be listed, or when the question was asked elsewhere.
	 */
	earlier?: ReadonlySet<string>;
	/** Fingerprint of the question's text. */
	question?: string;
	/** A reply had begun: the question was accepted. */
	wasAnswered?: boolean;
}

/** A short name for a text; blanks at its ends, and which ones it has, make no difference. */
export const fingerprint = (text: string): string =>
	createHash('sha256').update(text.trim().replace(/\s+/g, ' ')).digest('base64url').slice(0, 16);

/** Chats are remembered for a later node of the workflow; the oldest are forgotten when there are more of them. */
const MOST_CHATS = 1000;
/** And when they hold more fingerprints of earlier messages: long conversations have thousands. */
const MOST_FINGERPRINTS = 100_000;

const chats = new Recent<ChatMemo>(MOST_CHATS, {
	most: MOST_FINGERPRINTS,
	of: ({ earlier }) => earlier?.size ?? 0,
});

/** Keeps what is known about a chat for the operation Collect, as long as this process of n8n lives. */
export const rememberChat = (conversationId: string, chatId: string, memo: ChatMemo): void =>
	chats.set(keyOf(conversationId, chatId), { ...memo });

/** What is known about a chat that this process of n8n started; undefined for others. */
export const rememberedChat = (conversationId: string, chatId: string): ChatMemo | undefined =>
	chats.get(keyOf(conversationId, chatId));

const keyOf = (conversationId: string, chatId: string) => fingerprint(JSON.stringify([conversationId, chatId]));
