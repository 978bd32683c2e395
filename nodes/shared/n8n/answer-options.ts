import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../invalid-parameter';
import { type OutputFormat, readOutputFormat } from '../structured-output';
import { booleanOption, boundedNumber } from './parameters';
import { type ProgressChoice, progressWorkflowId } from './progress-workflow';

/** Parameter `output` of `send` and `collect`. */
export type OutputMode = (typeof OUTPUTS)[number];
export type AnswerFormat = (typeof FORMATS)[number];

const OUTPUTS = ['answer', 'tableRows', 'jsonItems', 'sources', 'events'] as const;
const FORMATS = ['html', 'plainText', 'json', 'sources', 'tables'] as const;

/** The `options` of `send` and `collect`, checked. */
export interface AnswerOptions {
	output: OutputMode;
	/** The format that the answer must have, where one is required. */
	outputFormat: OutputFormat | undefined;
	/** The required format is written behind the message, where one is sent. */
	addFormatToMessage: boolean;
	waitForAnswer: boolean;
	includeSteps: boolean;
	includeEvents: boolean;
	answerFormats: AnswerFormat[];
	/** Acts in wire.ts. */
	idleTimeoutMs: number;
	/** Acts in limits.ts. */
	maxDurationMs: number;
	onTimeout: 'leaveRunning' | 'cancel';
	/** What a time limit means for the item: an error, or what there is by then. */
	ifNotFinished: 'fail' | 'return';
	maxConcurrency: number;
	answerAsFile: 'none' | 'markdown' | 'html';
	/** Puts `'` before cells of table rows that a spreadsheet would take for a formula. */
	protectFormulas: boolean;
	downloadFiles: boolean;
	/** The workflow that is told of the progress; undefined where nobody is. */
	progress?: ProgressChoice;
}

const DAY_S = 24 * 60 * 60;

/**
 * Reads the options of the current item.
 *
 * @throws InvalidParameter naming the one that is out of range
 */
export function answerOptions(context: IExecuteSingleFunctions): AnswerOptions {
	const options = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const seconds = (name: string, displayName: string, fallback: number) =>
		boundedNumber(options[name] ?? fallback, displayName, { min: 0.1, max: DAY_S }) * 1000;
	const workflowId = progressWorkflowId(context, options.progressWorkflow);
	const intervalMs = seconds('progressInterval', 'Progress Interval', 5);
	return {
		output: oneOf(context.getNodeParameter('output', 'answer'), 'Output', OUTPUTS),
		outputFormat: requiredFormat(context),
		addFormatToMessage: booleanOption(options.addFormatToMessage, 'Add Format to Message', true),
		waitForAnswer: booleanOption(options.waitForAnswer, 'Wait for Answer', true),
		includeSteps: booleanOption(options.includeSteps, 'Include: Steps', false),
		includeEvents: booleanOption(options.includeEvents, 'Include: Events', false),
		answerFormats: formatsIn(options.answerFormats),
		idleTimeoutMs: seconds('idleTimeout', 'Timeout: Idle', 120),
		maxDurationMs: seconds('maxDuration', 'Timeout: Total', 1800),
		onTimeout: oneOf(options.onTimeout ?? 'leaveRunning', 'Timeout: Then', ['leaveRunning', 'cancel']),
		ifNotFinished: oneOf(options.ifNotFinished ?? 'fail', 'If Not Finished', ['fail', 'return']),
		maxConcurrency: Math.floor(boundedNumber(options.maxConcurrency ?? 5, 'Max Concurrency', { min: 1, max: 1000 })),
		answerAsFile: oneOf(options.answerAsFile ?? 'none', 'Answer as File', ['none', 'markdown', 'html']),
		protectFormulas: booleanOption(options.protectFormulas, 'Protect Formulas', false),
		downloadFiles: booleanOption(options.downloadFiles, 'Download Files', false),
		progress: workflowId === undefined ? undefined : { workflowId, intervalMs },
	};
}

function oneOf<T extends string>(value: unknown, displayName: string, allowed: readonly T[]): T {
	const found = allowed.find((each) => each === value);
	if (found === undefined) {
		throw new InvalidParameter(displayName, `must be one of: ${allowed.join(', ')}`, `It is now: ${String(value)}`);
	}
	return found;
}

function formatsIn(value: unknown): AnswerFormat[] {
	const formats = Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
	return formats.map((format) => oneOf(format, 'Answer Formats', FORMATS));
}

function requiredFormat(context: IExecuteSingleFunctions): OutputFormat | undefined {
	const isRequired: unknown = context.getNodeParameter('requireSpecificOutputFormat', false);
	if (!booleanOption(isRequired, 'Require Specific Output Format', false)) return undefined;
	const schemaType = oneOf(context.getNodeParameter('schemaType', 'fromJson'), 'Schema Type', ['fromJson', 'manual']);
	const [jsonSchemaExample, inputSchema] = ['jsonSchemaExample', 'inputSchema'].map((name): unknown =>
		context.getNodeParameter(name, ''),
	);
	return readOutputFormat({ schemaType, jsonSchemaExample, inputSchema });
}

/** Whether a question is sent with the format that its answer must have. */
export const addsFormat = ({ outputFormat, addFormatToMessage }: AnswerOptions): boolean =>
	outputFormat !== undefined && addFormatToMessage;

/** What is sent: the message, and behind it the format that the answer must have. */
export const messageWithFormat = (message: string, options: AnswerOptions): string =>
	addsFormat(options) ? `${message}\n\n${options.outputFormat?.instructions}` : message;
