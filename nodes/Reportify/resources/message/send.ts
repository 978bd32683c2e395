import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { operation } from '../../../shared/n8n/operation';
import { answerOptions, messageWithFormat } from '../../../shared/parameters/answer-options';
import { optionsProperty, outputProperty, waitForAnswerOption } from '../../../shared/parameters/answer-properties';
import { addFormatToMessageOption, outputFormatProperties } from '../../../shared/parameters/output-format-properties';
import { optionalIntegerId, optionalText, requiredText } from '../../../shared/parameters/values';
import { ReportifyAnswerSource } from '../../reportify-answer-source';
import { downloadFile } from '../../reportify-download';
import { apiOf, reportify } from '../../reportify-provider';
import {
	agentIdProperty,
	channelField,
	conversationFieldsIn,
	conversationTypeField,
	downloadFilesOption,
	titleField,
} from '../parameters';
import { attachedDocuments, chosenDocuments, documentsOption } from './documents';
import { lookUpAddressesOption, toolSourcesOf } from './look-up-addresses';

const properties: INodeProperties[] = [
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. Write a one-page report on the semiconductor market last week',
		hint: 'An answer can take minutes, and the editor shows no progress meanwhile',
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
		description: 'The conversation to continue. Leave it empty to start a new one, whose ID is then in the output.',
	},
	outputProperty,
	...outputFormatProperties,
	optionsProperty([
		addFormatToMessageOption,
		documentsOption,
		downloadFilesOption,
		lookUpAddressesOption,
		ofNewConversation(channelField),
		ofNewConversation(conversationTypeField),
		ofNewConversation(titleField),
		waitForAnswerOption,
	]),
];

/** The form says so, because the field has no effect when Conversation ID is filled in. */
function ofNewConversation(field: INodeProperties): INodeProperties {
	return { ...field, description: `${field.description}. For a new conversation only.` };
}

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export const routing = operation(reportify, async (call) => {
	const { context } = call;
	const text = requiredText(context, 'message', 'Message');
	const conversationId = optionalIntegerId(context, 'conversationId', 'Conversation ID');
	const agentId = optionalIntegerId(context, 'agentId', 'Agent ID');
	const conversation = {
		agentId,
		title: optionalText(context, 'options.title'),
		...conversationFieldsIn(context, 'options'),
	};
	const chosen = chosenDocuments(context.getNodeParameter('options.documents', {}));
	const options = answerOptions(context);
	const message = messageWithFormat(text, options);
	const toolSources = toolSourcesOf(call);
	const documents = await attachedDocuments(call, chosen);
	const api = apiOf(call);
	return await answerOperation(call, {
		options,
		conversationId,
		downloadFile: async (file) => await downloadFile(call, file),
		toolSources,
		isCollected: false,
		message,
		question: JSON.stringify([conversationId, conversation, message, documents]),
		source: (askedAt) => new ReportifyAnswerSource(api, { message, documents, conversation, askedAt }),
	});
});
