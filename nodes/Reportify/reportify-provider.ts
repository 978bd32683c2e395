import type { OperationCall } from '../shared/n8n/operation';
import type { Provider } from '../shared/n8n/provider';
import { REPORTIFY, ReportifyApi, reportifyError } from './reportify-api';

export const reportify: Provider = {
	id: 'reportify',
	name: REPORTIFY,
	credentialOf: () => 'reportifyApi',
	errorOf: reportifyError,
};

export const apiOf = ({ connection }: OperationCall): ReportifyApi => new ReportifyApi(connection);
