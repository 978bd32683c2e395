import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../invalid-parameter';
import { boundedNumber } from './parameters';

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
	maxConcurrency: number;
	answerAsFile: 'none' | 'markdown' | 'html';
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
		waitForAnswer: options.waitForAnswer !== false,
		includeSteps: options.includeSteps === true,
		includeEvents: options.includeEvents === true,
		answerFormats: formatsIn(options.answerFormats),
		idleTimeoutMs: seconds('idleTimeout', 'Idle Timeout', 120),
		maxDurationMs: seconds('maxDuration', 'Max Duration', 1800),
		onTimeout: oneOf(options.onTimeout ?? 'leaveRunning', 'On Timeout', ['leaveRunning', 'cancel']),
		maxConcurrency: Math.floor(boundedNumber(options.maxConcurrency ?? 5, 'Max Concurrency', { min: 1, max: 1000 })),
		answerAsFile: oneOf(options.answerAsFile ?? 'none', 'Answer as File', ['none', 'markdown', 'html']),
		downloadFiles: options.downloadFiles === true,
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
