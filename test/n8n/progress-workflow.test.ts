import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { progressWorkflowId } from '../../nodes/shared/parameters/progress-choice';

const newer = { executeWorkflow: () => undefined } as unknown as IExecuteSingleFunctions;
const older = {} as IExecuteSingleFunctions;

test('the ID is read out of what the selector leaves, and taken as an expression gives it', () => {
	const locator = (value: unknown) => ({ __rl: true, mode: 'list', value, cachedResultName: 'Edit the message' });
	for (const value of ['a1', ' a1 ', locator('a1'), locator(' a1')]) {
		expect(progressWorkflowId(newer, value)).toBe('a1');
	}
	expect(progressWorkflowId(newer, 7)).toBe('7');
	for (const none of [undefined, null, '', '  ', locator(''), locator(null), locator(undefined)]) {
		expect(progressWorkflowId(newer, none)).toBeUndefined();
	}
	for (const wrong of [{ name: 'x' }, ['a1'], true, locator({})]) {
		expect(() => progressWorkflowId(newer, wrong)).toThrow("The parameter 'Progress Workflow' is not a workflow");
	}
});

test('an n8n whose nodes cannot call workflows says so, where one is chosen', () => {
	expect(() => progressWorkflowId(older, 'a1')).toThrow("The parameter 'Progress Workflow' needs a newer n8n");
	expect(progressWorkflowId(older, '')).toBeUndefined();
});
