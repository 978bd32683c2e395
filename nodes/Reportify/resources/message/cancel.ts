import { updateDisplayOptions } from 'n8n-workflow';
import { attempt } from '../../../shared/attempt';
import { ConversationFailure } from '../../../shared/failures/conversation-failure';
import { RequestRefused } from '../../../shared/http/http-error';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, conversationIdProperty } from '../conversation/conversation-id';
import { messageIdOf, messageIdProperty } from './message-id';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['cancel'] } }, [
	conversationIdProperty,
	messageIdProperty,
]);

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messageId = messageIdOf(call.context);
	const reply = await attempt(() => apiOf(call).cancel(conversationId, messageId, call.replyDeadline()));
	if (!reply.worked) throw notRunning(reply.error) ?? reply.error;
	return [{ json: { ...reply.value, conversationId, messageId } }];
});

/**
 * Only a task that runs can be cancelled; with which status the others are refused is not said
 * (`docs/apis/reportify.md §5`, `§11`).
 */
function notRunning(error: unknown): ConversationFailure | undefined {
	if (!(error instanceof RequestRefused) || ![400, 404, 409, 410].includes(error.refusal.status)) return undefined;
	const { status, complaint } = error.refusal;
	return new ConversationFailure('The agent of Reportify cannot be stopped: it has finished already, or is not known', {
		code: 'not_running',
		hint: 'Collect tells how the answer ended. If it does not know it either, check the Conversation ID and the Message ID.',
		httpStatus: status,
		providerText: complaint.text,
		traceId: complaint.traceId,
	});
}
