import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { aiDol, apiOf } from '../../aidol-provider';
import { agentIdOf, agentIdProperty } from '../agent/agent-id';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['create'] } }, [
	agentIdProperty,
]);

export const routing = operation(aiDol, async (call) => {
	const agentId = agentIdOf(call.context);
	const { conversationId, data } = await apiOf(call).createConversation(agentId, call.replyDeadline());
	return [{ json: { ...data, conversationId, agentId } }];
});
