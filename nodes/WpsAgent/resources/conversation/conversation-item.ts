import type { INodeExecutionData } from 'n8n-workflow';
import { type JsonObject, textMember } from '../../../shared/json/json';

/** The session object of WPS, with its id also under the name that the other operations ask for. */
export const conversationItem = (session: JsonObject): INodeExecutionData => ({
	json: { ...session, conversationId: textMember(session, 'session_id', 'id') ?? null },
});
