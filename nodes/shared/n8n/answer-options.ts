import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../invalid-parameter';
import { booleanOption, boundedNumber } from './parameters';

/** Parameter `output` of `send` and `collect`. */
export type OutputMode = 'answer' | 'tableRows' | 'events';
export type AnswerFormat = 'html' | 'plainText' | 'sources' | 'tables';

/** The `options` of `send` and `collect` (contract: options), checked. */
export interface AnswerOptions {
	output: OutputMode;
	waitForAnswer: boolean;
	includeSteps: boolean;
	includeEvents: boolean;
	answerFormats: AnswerFormat[];
	idleTimeoutMs: number;
	maxDurationMs: number;
	onTimeout: 'leaveRunning' | 'cancel';
	/** What a time limit means for the item: an error, or what there is by then. */
	ifNotFinished: 'fail' | 'return';
	maxConcurrency: number;
	answerAsFile: 'none' | 'markdown' | 'html';
	/** Puts `'` before cells of table rows that a spreadsheet would take for a formula. */
	protectFormulas: boolean;
	downloadFiles: boolean;
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
	return {
		output: oneOf(context.getNodeParameter('output', 'answer'), 'Output', ['answer', 'tableRows', 'events']),
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
	};
}

function oneOf<T extends string>(value: unknown, displayName: string, allowed: T[]): T {
	const found = allowed.find((each) => each === value);
	if (found === undefined) {
		throw new InvalidParameter(displayName, `must be one of: ${allowed.join(', ')}`, `It is now: ${String(value)}`);
	}
	return found;
}

function formatsIn(value: unknown): AnswerFormat[] {
	const formats = Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
	return formats.map((format) => oneOf(format, 'Answer Formats', ['html', 'plainText', 'sources', 'tables']));
}
