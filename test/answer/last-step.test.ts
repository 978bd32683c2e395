import type { AnswerChange } from '../../nodes/shared/answer/answer-change';
import { LastStep } from '../../nodes/shared/answer/last-step';
import { answerOf } from './events';

const started = (key: string, name = key): AnswerChange => ({
	kind: 'stepStarted',
	key,
	step: { kind: 'tool', name, input: null },
});
const ended = (key: string, step = {}): AnswerChange => ({ kind: 'stepEnded', key, step });

/** What is told after these changes, steps being kept or not. */
function lastStepOf(changes: AnswerChange[], keepSteps = false) {
	const events = changes.map((change, index) => ({ id: String(index), raw: '', changes: () => [change] }));
	return answerOf(events, { keepSteps }).lastStep;
}

test.each([false, true])('the step that began last, with its state (steps are kept: %s)', (keepSteps) => {
	const last = (...changes: AnswerChange[]) => lastStepOf(changes, keepSteps);
	expect(last()).toBeUndefined();
	expect(last(started('a'))).toEqual({ kind: 'tool', name: 'a', status: 'running' });
	expect(last(started('a'), ended('a'))).toEqual({ kind: 'tool', name: 'a', status: 'completed' });
	expect(last(started('a'), ended('a', { status: 'failed' }))).toMatchObject({ name: 'a', status: 'failed' });
	expect(last(started('a'), started('b'))).toMatchObject({ name: 'b', status: 'running' });
});

test('the end of an earlier step is not the news', () => {
	expect(lastStepOf([started('a'), started('b'), ended('a', { name: 'a' })])).toMatchObject({
		name: 'b',
		status: 'running',
	});
	expect(lastStepOf([started('a'), started('a'), ended('a'), ended('a'), ended('a', { name: 'late' })])).toMatchObject({
		name: 'late',
	});
});

test('a step that is told of only when it is over counts as well', () => {
	const last = new LastStep();
	last.started('a', { kind: 'tool', name: 'a' });
	last.ended('b', { kind: 'node', name: 'b' });
	expect(last.inBrief).toEqual({ kind: 'node', name: 'b', status: 'completed' });
});
