import { ConversationFailure } from './conversation-failure';

/** The reply to a new conversation had no id: without it the question has nowhere to go. */
export const unnamedConversation = (providerName: string): ConversationFailure =>
	new ConversationFailure(`${providerName} made a conversation but did not say which`, {
		code: 'no_conversation_id',
		hint: `Check the Base URL in the credential: something other than ${providerName} may be answering there.`,
		status: 'notSent',
	});
