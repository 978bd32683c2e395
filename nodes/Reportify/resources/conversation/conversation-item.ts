import type { INodeExecutionData } from 'n8n-workflow';
import type { JsonObject } from '../../../shared/json/json';

/** Reportify's conversation object, with its id also under the name that the other operations ask for. */
export const conversationItem = (conversation: JsonObject): INodeExecutionData => ({
	json: { ...conversation, conversationId: conversation.id ?? null },
});
