import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../failures/invalid-parameter';
import { type OutputFormat, readOutputFormat } from '../structured-output';
import {
	answerAsFileOption,
	answerFormatsOption,
	idleTimeoutOption,
	ifNotFinishedOption,
	includeEventsOption,
	includeStepsOption,
	maxConcurrencyOption,
	maxDurationOption,
	onTimeoutOption,
	outputProperty,
	progressIntervalOption,
	protectFormulasOption,
	waitForAnswerOption,
} from './answer-properties';
import {
	addFormatToMessageOption,
	inputSchemaProperty,
	jsonSchemaExampleProperty,
	requireSpecificOutputFormatProperty,
	schemaTypeProperty,
} from './output-format-properties';
import { type ProgressChoice, progressWorkflowId } from './progress-choice';
import { booleanOption, boundedNumber } from './values';

/** Parameter `output` of `send` and `collect`. */
export type OutputMode = 'answer' | 'tableRows' | 'jsonItems' | 'sources' | 'events';
export type AnswerFormat = 'html' | 'plainText' | 'json' | 'sources' | 'tables';

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
	/** Acts in idle-timeout.ts. */
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

/** What the editor shows of an option, as far as reading it needs. */
interface Option<T> {
	name: string;
	displayName: string;
	default: T;
}

interface Choice<T> extends Option<T> {
	options: Array<{ value: string }>;
}

/**
 * Reads the options of the current item; names, defaults and choices are those of the properties that the editor shows.
 *
 * @throws InvalidParameter naming the one that is out of range
 */
export function answerOptions(context: IExecuteSingleFunctions): AnswerOptions {
	const given = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const valueOf = ({ name, default: fallback }: Option<unknown>): unknown => given[name] ?? fallback;
	const isOn = (option: Option<boolean>) => booleanOption(valueOf(option), option.displayName, option.default);
	const number = (option: Option<number>, bounds: { min: number; max: number }) =>
		boundedNumber(valueOf(option), option.displayName, bounds);
	const milliseconds = (option: Option<number>) => number(option, { min: 0.1, max: DAY_S }) * 1000;
	const workflowId = progressWorkflowId(context, given.progressWorkflow);
	const intervalMs = milliseconds(progressIntervalOption);
	return {
		output: oneOf(parameter(context, outputProperty), outputProperty),
		outputFormat: requiredFormat(context),
		addFormatToMessage: isOn(addFormatToMessageOption),
		waitForAnswer: isOn(waitForAnswerOption),
		includeSteps: isOn(includeStepsOption),
		includeEvents: isOn(includeEventsOption),
		answerFormats: listOf(valueOf(answerFormatsOption)).map((each) => oneOf(each, answerFormatsOption)),
		idleTimeoutMs: milliseconds(idleTimeoutOption),
		maxDurationMs: milliseconds(maxDurationOption),
		onTimeout: oneOf(valueOf(onTimeoutOption), onTimeoutOption),
		ifNotFinished: oneOf(valueOf(ifNotFinishedOption), ifNotFinishedOption),
		maxConcurrency: Math.floor(number(maxConcurrencyOption, { min: 1, max: 1000 })),
		answerAsFile: oneOf(valueOf(answerAsFileOption), answerAsFileOption),
		protectFormulas: isOn(protectFormulasOption),
		downloadFiles: booleanOption(given.downloadFiles, 'Download Files', false),
		progress: workflowId === undefined ? undefined : { workflowId, intervalMs },
	};
}

const parameter = (context: IExecuteSingleFunctions, { name, default: fallback }: Option<unknown>): unknown =>
	context.getNodeParameter(name, fallback);

function oneOf<T extends string>(value: unknown, { displayName, options }: Choice<unknown>): T {
	const allowed = options.map((option) => option.value);
	if (typeof value === 'string' && allowed.includes(value)) return value as T;
	throw new InvalidParameter(displayName, `must be one of: ${allowed.join(', ')}`, `It is now: ${String(value)}`);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === '' ? [] : [value]);

function requiredFormat(context: IExecuteSingleFunctions): OutputFormat | undefined {
	const { displayName, default: fallback } = requireSpecificOutputFormatProperty;
	const isRequired = parameter(context, requireSpecificOutputFormatProperty);
	if (!booleanOption(isRequired, displayName, fallback)) return undefined;
	return readOutputFormat({
		schemaType: oneOf(parameter(context, schemaTypeProperty), schemaTypeProperty),
		jsonSchemaExample: context.getNodeParameter(jsonSchemaExampleProperty.name, ''),
		inputSchema: context.getNodeParameter(inputSchemaProperty.name, ''),
	});
}

/** Whether a question is sent with the format that its answer must have. */
export const addsFormat = ({ outputFormat, addFormatToMessage }: AnswerOptions): boolean =>
	outputFormat !== undefined && addFormatToMessage;

/** What is sent: the message, and behind it the format that the answer must have. */
export const messageWithFormat = (message: string, options: AnswerOptions): string =>
	addsFormat(options) ? `${message}\n\n${options.outputFormat?.instructions}` : message;
