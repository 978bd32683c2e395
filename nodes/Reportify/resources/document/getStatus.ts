import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { textId } from '../../../shared/parameters/identifier';
import { documentStatus } from '../../document-status';
import { apiOf, reportify } from '../../reportify-provider';

const properties: INodeProperties[] = [
	{
		displayName: 'Document ID',
		name: 'documentId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 1182736450918273645',
		description: 'The document, as named by documentId in the output of Upload',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['document'], operation: ['getStatus'] } },
	properties,
);

export const routing = operation(reportify, async (call) => {
	const documentId = textId(call.context.getNodeParameter('documentId', ''), 'Document ID');
	const { reply, status } = await documentStatus(apiOf(call), documentId, call.replyDeadline());
	return [{ json: { ...reply, status, documentId } }];
});
