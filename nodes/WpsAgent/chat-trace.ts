import { createHash } from 'crypto';

/**
 * What is known about a question beside its ids, to distinguish its answer from others in the same conversation. It is
 * kept for long, so it holds fingerprints instead of texts.
 */
export interface ChatTrace {
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

const chats = new Map<string, ChatTrace>();
let fingerprints = 0;

/** Keeps what is known about a chat for the operation Collect, as long as this process of n8n lives. */
export function rememberChat(conversationId: string, chatId: string, trace: ChatTrace): void {
	const key = keyOf(conversationId, chatId);
	forget(key);
	chats.set(key, { ...trace });
	fingerprints += trace.earlier?.size ?? 0;
	while (chats.size > 1 && (chats.size > MOST_CHATS || fingerprints > MOST_FINGERPRINTS)) {
		forget(chats.keys().next().value as string);
	}
}

/** What is known about a chat that this process of n8n started; undefined for others. */
export const rememberedChat = (conversationId: string, chatId: string): ChatTrace | undefined =>
	chats.get(keyOf(conversationId, chatId));

function forget(key: string): void {
	fingerprints -= chats.get(key)?.earlier?.size ?? 0;
	chats.delete(key);
}

const keyOf = (conversationId: string, chatId: string) => fingerprint(JSON.stringify([conversationId, chatId]));
