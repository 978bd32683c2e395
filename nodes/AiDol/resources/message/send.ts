import { type IExecuteSingleFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { InvalidParameter } from '../../../shared/failures/invalid-parameter';
import { toJsonText } from '../../../shared/json/json';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { operation } from '../../../shared/n8n/operation';
import { answerOptions, type AnswerOptions, messageWithFormat } from '../../../shared/parameters/answer-options';
import { optionsProperty, outputProperty } from '../../../shared/parameters/answer-properties';
import { addFormatToMessageOption, outputFormatProperties } from '../../../shared/parameters/output-format-properties';
import { optionalText, requiredText } from '../../../shared/parameters/values';
import { AiDolAnswerSource } from '../../aidol-answer-source';
import { aiDol, apiOf } from '../../aidol-provider';
import { textPath } from '../../event-text';
import {
	agentIdOf,
	agentIdProperty,
	conversationIdOf,
	conversationIdProperty,
	languageOf,
	languageOption,
	metadataOf,
	metadataOption,
	userIdOf,
	userIdOption,
} from '../parameters';

/** AI-DOL has no endpoint that could stop an agent. */
const OPTIONS_WITHOUT_EFFECT = ['onTimeout'];

const textFieldOption: INodeProperties = {
	displayName: 'Text Field',
	name: 'textField',
	type: 'string',
	default: '',
	placeholder: 'e.g. data.delta.text',
	description:
		'Where the text is in what AI-DOL sends, for an agent that answers in a form that this node does not know. Names with dots between them, a number for a place in a list. Turn on Include: Events to see what AI-DOL sends.',
};

const properties: INodeProperties[] = [
	agentIdProperty,
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. How was your day?',
		hint: 'An answer can take minutes, and the editor shows no progress meanwhile',
		description: 'What to say to the agent. AI-DOL leaves out white space at the beginning and the end.',
	},
	conversationIdProperty,
	outputProperty,
	...outputFormatProperties,
	optionsProperty(
		[addFormatToMessageOption, languageOption, metadataOption, textFieldOption, userIdOption],
		OPTIONS_WITHOUT_EFFECT,
	),
];

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export const routing = operation(aiDol, async (call) => {
	const { context } = call;
	const agentId = agentIdOf(context);
	const conversationId = conversationIdOf(context);
	const message = requiredText(context, 'message', 'Message');
	const language = languageOf(context);
	const metadata = metadataOf(context);
	const userId = userIdOf(context);
	const textField = textFieldOf(context);
	const options = optionsOf(context);
	const text = messageWithFormat(message, options);
	const api = apiOf(call, userId);
	return await answerOperation(call, {
		options,
		conversationId,
		isCollected: false,
		message: text,
		question: toJsonText({ conversationId, agentId, text, language, metadata, userId }),
		source: () => new AiDolAnswerSource(api, { agentId, text, language, metadata }, textField),
	});
});

/** The steps to the text, where the user has named them. */
function textFieldOf(context: IExecuteSingleFunctions): string[] | undefined {
	const path = optionalText(context, 'options.textField');
	if (path === undefined) return undefined;
	const steps = textPath(path);
	if (steps) return steps;
	throw new InvalidParameter(
		'Text Field',
		'is not the name of a field',
		'Enter names with dots between them, like data.delta.text or choices[0].text.',
	);
}

/** Without waiting, the answer could never be had: AI-DOL has no endpoint to collect it from. */
const optionsOf = (context: IExecuteSingleFunctions): AnswerOptions => ({
	...answerOptions(context),
	waitForAnswer: true,
	onTimeout: 'leaveRunning',
});
