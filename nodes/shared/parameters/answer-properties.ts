import type { INodeProperties } from 'n8n-workflow';

/** What one answer becomes: parameter `output` of Send and Collect. */
export const outputProperty = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'answer',
	description: 'What to return for each answer. One answer gives at most 100,000 items.',
	options: [
		{ name: 'Answer', value: 'answer', description: 'One item with the whole answer' },
		{ name: 'Events', value: 'events', description: 'One item for each event that the provider sent, for an audit' },
		{
			name: 'JSON Items',
			value: 'jsonItems',
			description:
				'One item for each object in the JSON of the answer, with its fields; a list gives an item for each member',
		},
		{
			name: 'Sources',
			value: 'sources',
			description: "One item for each source: what the answer links to, and what the agent's tools returned",
		},
		{
			name: 'Table Rows',
			value: 'tableRows',
			description: 'One item for each row of the tables in the answer, ready for a spreadsheet',
		},
	],
} satisfies INodeProperties;

/** Send can return before the agent has finished. */
export const waitForAnswerOption = {
	displayName: 'Wait for Answer',
	name: 'waitForAnswer',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the agent has finished. When off, the IDs are returned at once and the answer can be collected later.',
} satisfies INodeProperties;

export const answerAsFileOption = {
	displayName: 'Answer as File',
	name: 'answerAsFile',
	type: 'options',
	default: 'none',
	description:
		'Whether to add the answer as a file in the binary field "data", to attach it to an e-mail or to store it',
	options: [
		{ name: 'HTML File', value: 'html' },
		{ name: 'Markdown File', value: 'markdown' },
		{ name: 'No File', value: 'none' },
	],
} satisfies INodeProperties;

export const answerFormatsOption = {
	displayName: 'Answer Formats',
	name: 'answerFormats',
	type: 'multiOptions',
	default: [],
	description: 'More forms of the answer to add to the item, besides the Markdown that agents write',
	options: [
		{ name: 'HTML', value: 'html', description: 'Field answerHtml, ready for the body of an e-mail' },
		{
			name: 'JSON',
			value: 'json',
			description: 'Field structuredOutput, the JSON in the answer; null when it has none',
		},
		{ name: 'Plain Text', value: 'plainText', description: 'Field answerText, ready for a chat message' },
		{
			name: 'Sources',
			value: 'sources',
			description:
				"Field sources, every web address in the answer with its link text, and what the agent's tools returned",
		},
		{ name: 'Tables', value: 'tables', description: 'Field tables, every table with its headers and rows' },
	],
} satisfies INodeProperties;

export const idleTimeoutOption = {
	displayName: 'Timeout: Idle',
	name: 'idleTimeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 120,
	hint: 'In seconds',
	description: 'How many seconds the provider may be silent before the connection counts as dead',
} satisfies INodeProperties;

export const ifNotFinishedOption = {
	displayName: 'If Not Finished',
	name: 'ifNotFinished',
	type: 'options',
	default: 'fail',
	description: 'What to do when one of the two timeouts is over before the agent has finished',
	options: [
		{ name: 'Fail', value: 'fail', description: 'An error, with what there is of the answer' },
		{
			name: 'Return What There Is',
			value: 'return',
			description: 'An item with status running, the answer so far and its IDs',
		},
	],
} satisfies INodeProperties;

export const includeEventsOption = {
	displayName: 'Include: Events',
	name: 'includeEvents',
	type: 'boolean',
	default: false,
	description: 'Whether to add the field events to the item, with everything that the provider sent',
} satisfies INodeProperties;

export const includeStepsOption = {
	displayName: 'Include: Steps',
	name: 'includeSteps',
	type: 'boolean',
	default: false,
	description: 'Whether to add the field steps to the item, with what the agent did on its way, such as tool calls',
} satisfies INodeProperties;

export const maxConcurrencyOption = {
	displayName: 'Max Concurrency',
	name: 'maxConcurrency',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 5,
	description:
		'How many items are asked at the same time. Messages to the same conversation always run one after the other.',
} satisfies INodeProperties;

export const maxDurationOption = {
	displayName: 'Timeout: Total',
	name: 'maxDuration',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1800,
	hint: 'In seconds',
	description: 'How many seconds an answer may take in all',
} satisfies INodeProperties;

export const onTimeoutOption = {
	displayName: 'Timeout: Then',
	name: 'onTimeout',
	type: 'options',
	default: 'leaveRunning',
	description: 'What to do with the agent when one of the two timeouts is over',
	options: [
		{
			name: 'Cancel',
			value: 'cancel',
			description: 'Tell the provider to stop the agent',
		},
		{
			name: 'Leave Running',
			value: 'leaveRunning',
			description: 'Let the agent go on; its answer can be collected later',
		},
	],
} satisfies INodeProperties;

export const progressIntervalOption = {
	displayName: 'Progress Interval',
	name: 'progressInterval',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 5,
	hint: 'In seconds',
	description: 'How many seconds pass between two calls of the Progress Workflow',
} satisfies INodeProperties;

export const progressWorkflowOption = {
	displayName: 'Progress Workflow',
	name: 'progressWorkflow',
	type: 'workflowSelector',
	default: '',
	description:
		'A sub-workflow to call every few seconds while the agent works, and once at the end, for example to edit a message in a chat. The answer does not wait for it.',
} satisfies INodeProperties;

export const protectFormulasOption = {
	displayName: 'Protect Formulas',
	name: 'protectFormulas',
	type: 'boolean',
	default: false,
	displayOptions: { show: { '/output': ['tableRows'] } },
	description:
		'Whether to put an apostrophe before cells of table rows that a spreadsheet would take for a formula (=, +, -, @). Negative numbers stay as they are.',
} satisfies INodeProperties;

/** The options that Send and Collect of all providers have in common. */
const commonOptions: INodeProperties[] = [
	answerFormatsOption,
	answerAsFileOption,
	ifNotFinishedOption,
	includeEventsOption,
	includeStepsOption,
	maxConcurrencyOption,
	progressIntervalOption,
	progressWorkflowOption,
	protectFormulasOption,
	idleTimeoutOption,
	onTimeoutOption,
	maxDurationOption,
];

/**
 * The collection *Options* of Send and Collect, in alphabetical order; answer-options.ts reads it.
 *
 * @param more the options that only this operation has
 * @param without names of the common ones that would have no effect there
 */
export const optionsProperty = (more: INodeProperties[], without: string[] = []): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	// Names are English: comparing them by the rules of a language would cost n8n's start 8 ms.
	options: [...commonOptions.filter(({ name }) => !without.includes(name)), ...more].sort((a, b) =>
		a.displayName.toLowerCase() < b.displayName.toLowerCase() ? -1 : 1,
	),
});
