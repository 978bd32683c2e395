import { type IExecuteSingleFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { integerId, isEmptyId, textId } from '../../../shared/identifier';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { answerOptions } from '../../../shared/n8n/answer-options';
import { optionsProperty, outputProperty, waitForAnswerOption } from '../../../shared/n8n/answer-properties';
import { operation } from '../../../shared/n8n/operation';
import { optionalText, requiredText } from '../../../shared/n8n/parameters';
import type { ReportifyDocument } from '../../reportify-api';
import { ReportifyAnswerSource } from '../../reportify-answer-source';
import { downloadFile } from '../../reportify-download';
import { apiOf, reportify } from '../../reportify-provider';
import { agentIdProperty } from '../conversation/agent-id';
import {
	channelField,
	conversationFieldsIn,
	conversationTypeField,
	titleField,
} from '../conversation/conversation-fields';
import { downloadFilesOption } from './download-files';

const documentsOption: INodeProperties = {
	displayName: 'Documents',
	name: 'documents',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Document',
	default: {},
	description: 'Documents that the question is about. The operation Upload of the resource Document gives their IDs.',
	options: [
		{
			displayName: 'Document',
			name: 'document',
			values: [
				{
					displayName: 'Document ID',
					name: 'documentId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 1182736450918273645',
					description: 'The ID that Upload gave as documentId',
				},
				{
					displayName: 'Document Title',
					name: 'documentTitle',
					type: 'string',
					default: '',
					placeholder: 'e.g. Annual report 2025',
					description: 'The title to show; the ID when it is left empty',
				},
				{
					displayName: 'File Type',
					name: 'fileType',
					type: 'string',
					default: '',
					placeholder: 'e.g. pdf',
					description: 'The kind of file, if it is to be told',
				},
			],
		},
	],
};

const properties: INodeProperties[] = [
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. Write a one-page report on the semiconductor market of last week',
		description: 'What to ask the agent',
	},
	agentIdProperty,
	{
		displayName: 'Conversation ID',
		name: 'conversationId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 11887655289749513',
		hint: 'Leave empty to start a new conversation',
		description: 'The conversation to go on with. Leave it empty to start a new one; the output names it.',
	},
	outputProperty,
	optionsProperty([
		documentsOption,
		downloadFilesOption,
		ofNewConversation(channelField),
		ofNewConversation(conversationTypeField),
		ofNewConversation(titleField),
		waitForAnswerOption,
	]),
];

/** Told in the form, because it does nothing where Conversation ID is filled in. */
function ofNewConversation(field: INodeProperties): INodeProperties {
	return { ...field, description: `${field.description}. For a new conversation only.` };
}

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export const routing = operation(reportify, async (call) => {
	const { context } = call;
	const message = requiredText(context, 'message', 'Message');
	const conversationId = optionalIntegerId(context, 'conversationId', 'Conversation ID');
	const agentId = optionalIntegerId(context, 'agentId', 'Agent ID');
	const documents = documentsIn(context.getNodeParameter('options.documents', {}) as { document?: unknown });
	const conversation = {
		agentId,
		title: optionalText(context, 'options.title'),
		...conversationFieldsIn(context, 'options'),
	};
	const api = apiOf(call);
	return await answerOperation(call, {
		options: answerOptions(context),
		conversationId,
		downloadFile: async (file) => await downloadFile(call, file),
		isCollected: false,
		question: JSON.stringify([conversationId, conversation, message, documents]),
		source: (askedAt) => new ReportifyAnswerSource(api, { message, documents, conversation, askedAt }),
	});
});

function optionalIntegerId(context: IExecuteSingleFunctions, name: string, displayName: string): string | undefined {
	const value: unknown = context.getNodeParameter(name, '');
	return isEmptyId(value) ? undefined : integerId(value, displayName);
}

function documentsIn({ document }: { document?: unknown }): ReportifyDocument[] {
	const rows = Array.isArray(document) ? (document as Array<Record<string, unknown>>) : [];
	return rows.map(({ documentId, documentTitle, fileType }, index) => {
		const id = textId(documentId, `Documents ${index + 1}: Document ID`);
		const title = typeof documentTitle === 'string' && documentTitle.trim() !== '' ? documentTitle : id;
		const type = typeof fileType === 'string' && fileType.trim() !== '' ? fileType.trim() : undefined;
		return { doc_id: id, doc_title: title, ...(type === undefined ? {} : { file_type: type }) };
	});
}
