import { ConversationFailure } from '../failures/conversation-failure';
import { LARGEST_TEXT, type TransportFailure } from './transport';

/** A connection that gave no HTTP answer, in the user's terms. */
export function brokenConnection(providerName: string, { reached, detail }: TransportFailure): ConversationFailure {
	if (reached === 'no') {
		return new ConversationFailure(`${providerName} could not be reached`, {
			code: 'unreachable',
			hint: 'Check the Base URL in the credential, and that this server may connect to it (network, proxy, firewall).',
			technicalText: detail,
		});
	}
	return new ConversationFailure(`The connection to ${providerName} broke`, {
		code: 'connection_broken',
		hint: 'Run the node again in a while.',
		technicalText: detail,
	});
}

/** A reply that is too large to be read as a whole. */
export const replyTooLarge = (providerName: string): ConversationFailure =>
	new ConversationFailure(`${providerName} sent more than ${LARGEST_TEXT / 1024 / 1024} MB in one reply`, {
		code: 'too_large',
		hint: 'This is more than the node can take. Ask for fewer rows, or go on in a new conversation.',
	});

/** A provider that took too long over a plain request. */
export const lateReply = (providerName: string, seconds: number): ConversationFailure =>
	new ConversationFailure(`${providerName} did not answer within ${seconds} seconds`, {
		code: 'timeout',
		hint: 'Run the node again in a while. If it lasts, check the Base URL in the credential.',
	});
