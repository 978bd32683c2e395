import type { AnswerChange, AnswerStep } from '../shared/answer/answer-change';
import { type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { objectIn } from './event-kinds';

/* Dify's events of workflows and their nodes (docs/apis/aidol.md §4: general knowledge, not published by AI-DOL). */

export const runIdOf = (event: JsonObject): string | undefined =>
	textMember(event, 'workflow_run_id') ?? textMember(objectIn(event, 'data'), 'id', 'workflow_run_id');

export function nodeStarted(event: JsonObject): AnswerChange[] {
	const data = objectIn(event, 'data');
	const step = { kind: kindOf(data), name: nameOf(data), input: data.inputs ?? null };
	return [{ kind: 'stepStarted', key: keyOf(data), step, at: milliseconds(data.created_at) }];
}

export function nodeFinished(event: JsonObject): AnswerChange[] {
	const data = objectIn(event, 'data');
	const hasFailed = data.status === 'failed' || (typeof data.error === 'string' && data.error !== '');
	const step: Partial<AnswerStep> = {
		kind: kindOf(data),
		name: nameOf(data),
		...(data.inputs === undefined || data.inputs === null ? {} : { input: data.inputs }),
		output: data.outputs ?? data.error ?? null,
		status: hasFailed ? 'failed' : 'completed',
		...(typeof data.elapsed_time === 'number' ? { durationMs: Math.round(data.elapsed_time * 1000) } : {}),
	};
	return [{ kind: 'stepEnded', key: keyOf(data), step, at: milliseconds(data.finished_at) }];
}

const kindOf = (node: JsonObject) => textMember(node, 'node_type', 'type') ?? 'node';
const nameOf = (node: JsonObject) => textMember(node, 'title', 'name', 'node_id', 'id') ?? '';
const keyOf = (node: JsonObject) => textMember(node, 'id', 'node_id') ?? `${kindOf(node)}/${nameOf(node)}`;

/** Dify's times are in seconds. */
const milliseconds = (time: JsonValue | undefined): number | undefined =>
	typeof time === 'number' ? Math.round(time * 1000) : undefined;
