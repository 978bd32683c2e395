import { followed } from './run';
import { done, type Part, say, type Script, sent } from './scripted-source';

/* A completed answer without a word is never silent: what was not there must not pass for an answer. */

const BLANKS: Array<[string, Part[]]> = [
	['nothing but the end', [done(1)]],
	['an empty text', [say(1, ''), done(2)]],
	['white space', [say(1, ' \n\t'), done(2)]],
	['an end that repeats an empty text', [sent({ offset: 1, end: 'completed', whole: '' })]],
	['usage and ids only', [sent({ offset: 1, usage: 3, messageId: 'm-1' }), done(2)]],
];

test.each(BLANKS)('%s: an error of its own', async (_title, parts) => {
	const run = await followed({ asks: [parts] });
	expect(run.answer).toBeUndefined();
	expect(run.failure).toMatchObject({
		message: 'The agent of Acme ended without an answer',
		details: { code: 'empty_answer', status: 'failed' },
	});
});

test.each(BLANKS)('%s, of a provider whose form is assumed: what came first is shown', async (_title, parts) => {
	const run = await followed({ asks: [parts], formIsAssumed: true });
	expect(run.failure).toMatchObject({
		message: 'Acme answered in a form that this node does not know',
		details: { code: 'unknown_form', status: 'failed', technicalText: expect.stringContaining('{"offset":1') },
	});
});

test('what came first is shortened', async () => {
	const run = await followed({ asks: [[sent({ offset: 1, id: 'x'.repeat(5000) }), done(2)]], formIsAssumed: true });
	expect(run.failure!.details.technicalText!.length).toBeLessThan(400);
});

test('a text that was taken back was recognised: the agent has said nothing', async () => {
	const parts = [sent({ offset: 1, text: 'thinking' }), sent({ offset: 2, text: '', replace: true }), done(3)];
	const run = await followed({ asks: [parts], formIsAssumed: true });
	expect(run.failure).toMatchObject({ details: { code: 'empty_answer' } });
});

test.each([
	['length', 'used up the length'],
	['max_tokens', 'used up the length'],
	['content_filter', 'content filter'],
	['tool_calls', '"tool_calls"'],
])('the provider says why: %s', async (finishReason, words) => {
	for (const formIsAssumed of [false, true]) {
		const end = sent({ offset: 1, end: 'completed', finishReason });
		const run = await followed({ asks: [[end]], formIsAssumed });
		expect(run.failure).toMatchObject({
			details: { code: 'empty_answer', status: 'failed', technicalText: expect.stringContaining(finishReason) },
		});
		expect(run.failure!.details.hint).toContain(words);
		const cut = await followed({ asks: [[say(0, 'Half'), end]], formIsAssumed });
		expect(cut.answer).toMatchObject({ status: 'completed', text: 'Half', finishReason });
	}
});

test.each<[string, Script]>([
	['a list', { looks: [{ state: 'completed', text: ' ' }] }],
	['its whole log', { looks: [{ state: 'log', events: [endEvent()] }] }],
])('looked up in %s: the same', async (_title, script) => {
	const run = await followed({ ...script, asks: [[say(1, '')]] });
	expect(run.failure).toMatchObject({ details: { code: 'empty_answer', status: 'failed' } });
});

test('files without a word are an answer', async () => {
	const run = await followed({
		asks: [[say(1, '')]],
		looks: [{ state: 'completed', text: '', files: [{ id: 'f-1', name: 'report.pdf' }] }],
	});
	expect(run.answer).toMatchObject({ status: 'completed', text: '', files: [{ id: 'f-1' }] });
});

test('an answer that somebody has cancelled before its first word is a cancelled one', async () => {
	const run = await followed({ asks: [[sent({ offset: 1, end: 'cancelled' })]] });
	expect(run.answer).toMatchObject({ status: 'cancelled', text: '' });
});

describe('a provider without a terminal event', () => {
	const cleanEnd = { cleanEndCompletes: true, formIsAssumed: true };

	test.each<[string, Part[], string]>([
		['an event without a text', [sent({ usage: 7 })], '"usage":7'],
		['a body that holds no event', [': hello?\n\n'], 'hello?'],
		['white space', [sent({ text: '  ' })], '"text":"  "'],
	])('%s: not a broken connection, but a form that is not known', async (_title, parts, shown) => {
		const run = await followed({ asks: [parts], ...cleanEnd });
		expect(run.failure).toMatchObject({
			details: { code: 'unknown_form', technicalText: expect.stringContaining(shown) },
		});
	});

	test.each([
		[200, 'Check the Base URL'],
		[202, 'for later (202)'],
		[204, 'Check the Base URL'],
	])('an empty body with status %d is told as what it is', async (status, hint) => {
		const run = await followed({ asks: [[]], status, ...cleanEnd });
		expect(run.failure).toMatchObject({
			message: 'Acme sent an empty reply instead of an answer',
			details: { code: 'empty_reply', httpStatus: status, hint: expect.stringContaining(hint), status: 'running' },
		});
	});

	test('a body that breaks off without a text is a broken connection', async () => {
		const run = await followed({ asks: [[sent({ usage: 7 }), new Error('reset')]], ...cleanEnd });
		expect(run.failure).toMatchObject({ details: { code: 'stream_broken' } });
	});
});

function endEvent() {
	return { raw: {}, changes: () => [{ kind: 'ended' as const, status: 'completed' as const }] };
}
