import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { InvalidParameter } from '../../../shared/failures/invalid-parameter';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { operation } from '../../../shared/n8n/operation';
import { answerOptions, messageWithFormat } from '../../../shared/parameters/answer-options';
import { optionsProperty, outputProperty, waitForAnswerOption } from '../../../shared/parameters/answer-properties';
import { addFormatToMessageOption, outputFormatProperties } from '../../../shared/parameters/output-format-properties';
import { asText, requiredText } from '../../../shared/parameters/values';
import { toolSources } from '../../tool-links';
import { WpsAnswerSource } from '../../wps-answer-source';
import type { WpsQuestion } from '../../wps-api';
import { apiOf, wps } from '../../wps-provider';
import { memoOf } from '../../wps-run';
import { appIdOf, appIdProperty, conversationIdProperty, optionalConversationId } from '../parameters';

const filesOption: INodeProperties = {
	displayName: 'Files',
	name: 'files',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add File' },
	default: [],
	description: 'Files that the question is about, in the form in which your agent app expects them',
};

const variablesOption: INodeProperties = {
	displayName: 'Variables',
	name: 'variables',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Variable',
	default: {},
	description: 'Inputs of the agent app, as defined in the agent platform of WPS',
	options: [
		{
			displayName: 'Variable',
			name: 'variable',
			values: [
				{
					displayName: 'Key',
					name: 'key',
					type: 'string',
					default: '',
					placeholder: 'e.g. language',
					description: 'Name of the input',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. English',
					description: 'Its value for this question',
				},
			],
		},
	],
};

const properties: INodeProperties[] = [
	appIdProperty,
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. Summarise the minutes of the last meeting in five points',
		hint: 'An answer can take minutes, and the editor shows no progress meanwhile',
		description: 'What to ask the agent',
	},
	{
		...conversationIdProperty,
		required: false,
		hint: 'Leave empty to start a new conversation',
		description: 'The conversation to continue. Leave it empty to start a new one, whose ID is then in the output.',
	},
	outputProperty,
	...outputFormatProperties,
	optionsProperty([addFormatToMessageOption, filesOption, variablesOption, waitForAnswerOption]),
];

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['send'] } }, properties);

export const routing = operation(wps, async (call) => {
	const { context, connection } = call;
	const appId = appIdOf(context);
	const conversationId = optionalConversationId(context);
	const text = requiredText(context, 'message', 'Message');
	const options = answerOptions(context);
	const question: WpsQuestion = {
		text: messageWithFormat(text, options),
		files: filesIn(context.getNodeParameter('options.files', [])),
		variables: variablesIn(context.getNodeParameter('options.variables', {})),
	};
	const key = JSON.stringify([appId, conversationId, question]);
	const asking = { question, isStreamed: options.waitForAnswer };
	return await answerOperation(call, {
		options,
		conversationId,
		isCollected: false,
		toolSources,
		message: question.text,
		question: key,
		source: () =>
			new WpsAnswerSource(
				{
					api: apiOf(call, appId),
					clock: connection.clock,
					memo: memoOf(call, key),
					idleTimeoutMs: options.idleTimeoutMs,
				},
				asking,
			),
	});
});

/** The strings of the option; an expression may also give a single one. */
function filesIn(value: unknown): string[] {
	const files: unknown[] = Array.isArray(value) ? value : [value];
	return files
		.map((file, index) => {
			if (typeof file === 'string') return file.trim();
			if (file === null || file === undefined) return '';
			if (Number.isSafeInteger(file)) return String(file);
			// Left out, the agent would answer without the file, and nobody would know.
			throw new InvalidParameter(`Files ${index + 1}`, 'is not a text', 'Map the ID or the address of the file.');
		})
		.filter((file) => file !== '');
}

function variablesIn(value: unknown): WpsQuestion['variables'] {
	const { variable } = (value ?? {}) as { variable?: unknown };
	const rows = Array.isArray(variable) ? (variable as Array<Record<string, unknown>>) : [];
	return rows.map((row, index) => {
		const key = asText(row.key, `Variables ${index + 1}: Key`).trim();
		if (key === '') {
			throw new InvalidParameter(`Variables ${index + 1}: Key`, 'is empty', 'Enter the name of the input.');
		}
		return { key, value: asText(row.value, `Variables ${index + 1}: Value`) };
	});
}
