import { type IExecuteSingleFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { toJsonText } from '../../../shared/json/json';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { answerOptions, type AnswerOptions } from '../../../shared/n8n/answer-options';
import { optionsProperty, outputProperty } from '../../../shared/n8n/answer-properties';
import { operation } from '../../../shared/n8n/operation';
import { jsonObject, optionalText, optionalTextId, requiredText } from '../../../shared/n8n/parameters';
import { AiDolAnswerSource } from '../../aidol-answer-source';
import { aiDol, apiOf } from '../../aidol-provider';
import { agentIdOf, agentIdProperty } from '../agent/agent-id';

/** AI-DOL has no endpoint that could stop an agent. */
const OPTIONS_WITHOUT_EFFECT = ['onTimeout'];

const languageOption: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'options',
	default: 'en',
	description: 'The language of the answer. AI-DOL does not publish whether its chat takes this.',
	options: [
		{ name: 'Chinese', value: 'zh' },
		{ name: 'English', value: 'en' },
	],
};

const metadataOption: INodeProperties = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"customer": "A-17"}',
	description:
		'Data of your own to send with the message, as a JSON object. AI-DOL does not publish whether its chat takes this.',
};

const properties: INodeProperties[] = [
	agentIdProperty,
	{
		displayName: 'Conversation ID',
		name: 'conversationId',
		type: 'string',
		default: '',
		placeholder: 'e.g. a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
		hint: 'Leave empty to start a new conversation',
		description:
			'The conversation to go on with, which must be one with this agent. Leave it empty to start a new one; the output names it.',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. How was your day?',
		description: 'What to say to the agent. AI-DOL leaves out white space at the beginning and the end.',
	},
	outputProperty,
	optionsProperty([languageOption, metadataOption], OPTIONS_WITHOUT_EFFECT),
];

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export const routing = operation(aiDol, async (call) => {
	const { context } = call;
	const agentId = agentIdOf(context);
	const conversationId = optionalTextId(context, 'conversationId', 'Conversation ID');
	const text = requiredText(context, 'message', 'Message');
	const language = optionalText(context, 'options.language');
	const metadata = jsonObject(context.getNodeParameter('options.metadata', ''), 'Metadata', '{"customer": "A-17"}');
	const api = apiOf(call);
	return await answerOperation(call, {
		options: optionsOf(context),
		conversationId,
		isCollected: false,
		question: toJsonText({ conversationId, agentId, text, language, metadata }),
		source: () => new AiDolAnswerSource(api, { agentId, text, language, metadata }),
	});
});

/** An answer that is not waited for could never be had: AI-DOL has no endpoint to collect it from. */
const optionsOf = (context: IExecuteSingleFunctions): AnswerOptions => ({
	...answerOptions(context),
	waitForAnswer: true,
	onTimeout: 'leaveRunning',
});
