import { attempt } from '../../../shared/attempt';
import { ConversationFailure } from '../../../shared/failures/conversation-failure';
import { HttpError } from '../../../shared/http/http-error';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, messageIdOf } from '../parameters';

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messageId = messageIdOf(call.context);
	const reply = await attempt(() => apiOf(call).cancel(conversationId, messageId, call.replyDeadline()));
	if (!reply.ok) throw notRunning(reply.error) ?? reply.error;
	return [{ json: { ...reply.value, conversationId, messageId } }];
});

/**
 * Only a task that runs can be cancelled; with which status the others are refused is not said
 * (`docs/apis/reportify.md §5`, `§11`).
 */
function notRunning(error: unknown): ConversationFailure | undefined {
	if (!(error instanceof HttpError) || ![400, 404, 409, 410].includes(error.response.status)) return undefined;
	const { status, error: providerError } = error.response;
	return new ConversationFailure('The agent of Reportify cannot be stopped: it has finished already, or is not known', {
		code: 'not_running',
		hint: 'Collect tells how the answer ended. If it does not know it either, check the Conversation ID and the Message ID.',
		httpStatus: status,
		providerText: providerError.text,
		traceId: providerError.traceId,
	});
}
