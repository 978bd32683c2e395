import type { OperationCall } from '../shared/n8n/operation';
import type { Provider } from '../shared/n8n/provider';
import { AI_DOL, AiDolApi } from './aidol-api';
import { aiDolComplaint } from './aidol-error';

export const aiDol: Provider = {
	id: 'aidol',
	name: AI_DOL,
	credentialOf: () => 'aiDolApi',
	complaintOf: aiDolComplaint,
};

/** @param userId the user of this call, in the place of the credential's */
export const apiOf = ({ connection }: OperationCall, userId?: string): AiDolApi => new AiDolApi(connection, userId);
