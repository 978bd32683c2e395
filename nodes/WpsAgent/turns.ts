import { type ChatMemo, fingerprint } from './chat-memo';
import type { ListedMessage } from './listed-messages';

/** The part of a conversation that belongs to one question. */
export interface Turn {
	/** The question, or something that answers it, is there. */
	hasBegun: boolean;
	answer?: ListedMessage;
	/** The list does not show which of its answers belongs to the question. */
	isAmbiguous?: boolean;
}

/** The messages of a conversation, as far as they were listed. */
export interface Listing {
	/** Oldest first. */
	messages: ListedMessage[];
	/** Nothing of the conversation is missing. */
	isWhole: boolean;
	/** Its newest messages are there. */
	hasNewest: boolean;
}

const NOT_BEGUN: Turn = { hasBegun: false };
const AMBIGUOUS: Turn = { hasBegun: true, isAmbiguous: true };

/**
 * Finds the turn of a question that this node asked. An answer counts as its own only when that is certain, because a
 * conversation that goes on holds the answers to earlier questions, too, and nothing links a chat to its messages
 * (`docs/apis/wps.md §4`):
 *
 * 1. messages that name the chat;
 * 2. messages that came in the stream of this very answer, and those that were not there before the question was asked,
 *    from the question to the next one.
 *
 * @param chatId of the question, where it is known
 * @param wasStreamed whether a message arrived in the stream of the answer
 */
export function ownTurn(
	messages: ListedMessage[],
	{ earlier, question: text }: ChatMemo,
	chatId: string | undefined,
	wasStreamed: (messageId: string) => boolean,
): Turn {
	const named = messagesOfChat(messages, chatId);
	if (named.length > 0) return turn(named);
	const streamed = (message: ListedMessage) => message.id !== undefined && wasStreamed(message.id);
	const own = messages.filter((message) => streamed(message) || earlier?.has(message.key) === false);
	const question = own.findIndex((message) => asks(message, text));
	if (question >= 0) return turn(own.slice(question));
	// Another user's question is there and ours is not: its answer is not for us.
	return turn(own.some(({ author }) => author === 'user') ? own.filter(streamed) : own);
}

/**
 * Finds the turn of a question that was asked elsewhere. What may identify it is the message id, what this process
 * remembers of it, and the question's text; without any of them a conversation with exactly one question, or, where no
 * message id was given, the last one.
 *
 * @param chatId the message id, where it was given
 * @param question fingerprint of the question's text, where it was given
 * @param memo what is remembered of the chat
 */
export function collectedTurn(
	listing: Listing,
	{ chatId, question, memo = {} }: { chatId?: string; question?: string; memo?: ChatMemo },
): Turn {
	const { messages } = listing;
	const named = messagesOfChat(messages, chatId);
	if (named.length > 0) return turn(named);
	const itself = messages.findIndex(({ id }) => chatId !== undefined && id === chatId);
	if (itself >= 0) return turnAt(messages, itself);
	// Where the list names chats, one that it does not name is not there.
	if (chatId !== undefined && messages.some((message) => message.chatId !== undefined)) return NOT_BEGUN;
	if (memo.earlier && memo.question) return ownTurn(messages, memo, chatId, () => false);
	const text = question ?? memo.question;
	if (text !== undefined) return askedTurn(messages, text, chatId);
	if (messages.length === 0) return NOT_BEGUN;
	const isOnly = listing.isWhole && questionsIn(messages).length === 1;
	if (chatId !== undefined) return isOnly ? lastTurn(messages) : AMBIGUOUS;
	return listing.hasNewest ? lastTurn(messages) : AMBIGUOUS;
}

/** The turn of the question with this text. Asked more than once, only the last one can be meant, if any. */
function askedTurn(messages: ListedMessage[], text: string, chatId: string | undefined): Turn {
	const asked = [...messages.keys()].filter((at) => asks(messages[at]!, text));
	const [first, last] = [asked[0], asked.at(-1)];
	if (first === undefined || last === undefined) return NOT_BEGUN;
	if (first === last) return turn(messages.slice(first));
	const isLastQuestion = questionsIn(messages).at(-1) === last;
	return chatId === undefined && isLastQuestion ? turn(messages.slice(last)) : AMBIGUOUS;
}

function lastTurn(messages: ListedMessage[]): Turn {
	const question = questionsIn(messages).at(-1);
	if (question !== undefined) return turn(messages.slice(question));
	return messages.length > 1 ? AMBIGUOUS : turn(messages);
}

/** A message that the user names may be a question, or an answer. */
function turnAt(messages: ListedMessage[], at: number): Turn {
	const message = messages[at]!;
	return message.author === 'agent' ? { hasBegun: true, answer: message } : turn(messages.slice(at));
}

/** The turn that begins with the first message: its answer is the agent's last one before the next question. */
function turn(messages: ListedMessage[]): Turn {
	const [first] = messages;
	const next = messages.findIndex((message, at) => at > 0 && (message.author === 'user' || isByUser(message, first)));
	const own = messages.slice(0, next < 0 ? undefined : next);
	const answers = own.filter(({ author }, at) => author === 'agent' || (author === 'unknown' && at > 0));
	// If the agent was renamed, its message is the one that belongs to no one else.
	const answer = answers.filter(({ author }) => author === 'agent').at(-1) ?? answers.at(-1);
	return { hasBegun: own.length > 0, answer };
}

/** Places of the questions. A session has one user, who may be listed by his own name: he begins it then. */
function questionsIn(messages: ListedMessage[]): number[] {
	const authors = messages.map(({ author }) => author);
	const byName = !authors.includes('user') && authors.includes('agent');
	return [...messages.keys()].filter((at) =>
		byName ? (at === 0 && authors[at] === 'unknown') || isByUser(messages[at]!, messages[0]) : authors[at] === 'user',
	);
}

/** True for a message by the author of the first question, if named. */
const isByUser = (message: ListedMessage, first: ListedMessage | undefined) =>
	first?.author === 'unknown' &&
	message.author === 'unknown' &&
	message.sender === first.sender &&
	message.sender !== '';

const asks = ({ author, text }: ListedMessage, question: string | undefined) =>
	author !== 'agent' && fingerprint(text) === question;

const messagesOfChat = (messages: ListedMessage[], chatId: string | undefined) =>
	messages.filter((message) => chatId !== undefined && message.chatId === chatId);
