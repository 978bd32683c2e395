import { badEndIn, saysError, wordsOfError } from '../../nodes/shared/answer/error-member';
import { finishReasonIn } from '../../nodes/shared/answer/finish-reason';
import type { JsonValue } from '../../nodes/shared/json/json';
import { replay, sse } from '../aidol/replay';
import { answerOf, block, end, node, start, streaming } from '../reportify/decoder';
import { read } from '../wps/read';

/* A run that did not end well is never a whole answer, however its provider says so; and what is no error fails nothing. */

const ERRORS: JsonValue[] = [
	...['Out of credits', 500, true],
	...[['Out of credits'], [{ message: 'Out of credits' }], { message: 'Out of credits' }, { msg: 'x', code: 7 }],
	...[{ code: 402 }, { error: { message: 'deep' } }, { detail: [{ msg: 'x' }] }, { type: 'overloaded' }],
];
const NO_ERRORS: JsonValue[] = [
	...[null, false, 0, '', '  ', 'None', 'null', [], [null], {}, { details: {} }, { code: null, message: '' }],
	...[
		{ code: 0, msg: '' },
		{ code: 0, message: 'success' },
		{ code: '0', msg: 'ok' },
	],
];

/** What became of an answer, and its text as far as it came. */
type End = [status: string | undefined, text: string, finishReason?: string];

/** An answer whose last event has these members. */
const PROVIDERS: Record<string, (members: object, behind?: boolean) => Promise<End>> = {
	Reportify: async (members, behind) => {
		const more = behind
			? [streaming('more'), { event_type: 'error', error: 'late' }, end('w', { b: { content: 'B' } })]
			: [];
		const said = answerOf([start('w'), streaming('Half'), { ...end('w', {}), ...members }, ...more]);
		return await Promise.resolve([said.outcome?.status, said.toString(), said.finishReason]);
	},
	WPS: async (members, behind) => {
		const message = (id: string, text: string) => ({
			event: 'add_message',
			data: { sender: 'Machine', sender_name: 'Agent', id, text },
		});
		const more = behind
			? [message('m2', 'more'), { event: 'token', data: { id: 'm1', chunk: 'x' } }, { event: 'error' }]
			: [];
		const events = [message('m1', 'Half'), { event: 'end', data: members }, ...more];
		const { answer } = read(events.map((event) => `${JSON.stringify(event)}\n\n`).join(''));
		return await Promise.resolve([answer.outcome?.status, answer.toString(), answer.finishReason]);
	},
	'AI-DOL': async (members, behind) => {
		const more = behind
			? [{ event: 'message', answer: 'more' }, { event: 'error', message: 'late' }, '[DONE]', 'word']
			: [];
		const { answer, failure } = await replay(
			sse({ event: 'message', answer: 'Half' }, { event: 'message_end', ...members }, ...more),
		);
		if (failure) return [failure.details.status, failure.progress.partialAnswer];
		return [answer.status, answer.text, answer.finishReason];
	},
};

describe.each(Object.entries(PROVIDERS))('%s', (_name, ended) => {
	test.each(ERRORS.map((error) => [error]))('the end tells of an error: %j', async (error) => {
		expect((await ended({ error })).slice(0, 2)).toEqual(['failed', 'Half']);
	});

	test.each(NO_ERRORS.map((error) => [error]))('the end tells of none: %j', async (error) => {
		expect(await ended({ error })).toEqual(['completed', 'Half', undefined]);
	});

	test.each([{ status: 'failed' }, { status: 'ERROR' }, { success: false }, { is_error: true }, { errors: ['x'] }])(
		'the end says so in another way: %j',
		async (members) => {
			expect((await ended(members)).slice(0, 2)).toEqual(['failed', 'Half']);
		},
	);

	test('a run that was given up, or is not whole, says so', async () => {
		expect((await ended({ status: 'cancelled' })).slice(0, 2)).toEqual(['cancelled', 'Half']);
		expect(await ended({ status: 'incomplete' })).toEqual(['completed', 'Half', 'incomplete']);
	});

	test.each([{}, { usage: { total_tokens: 1 } }])('nothing behind the end changes anything: %j', async (members) => {
		expect(await ended(members, true)).toEqual(['completed', 'Half', undefined]);
	});
});

describe('why the text ends', () => {
	test.each<[JsonValue, string, string]>([
		[{ finish_reason: 'length' }, 'length', 'cut'],
		[{ data: { metadata: { usage: { finish_reason: 'content_filter' } } } }, 'content_filter', 'cut'],
		[{ choices: [{ delta: {}, finish_reason: 'stop' }] }, 'stop', 'natural'],
		[{ choices: [{ index: 0, finish_reason: null }], stop_reason: 'END_TURN' }, 'END_TURN', 'natural'],
		[{ candidates: [{ finishReason: 'SAFETY' }] }, 'SAFETY', 'cut'],
		[{ response: { incomplete_details: { reason: 'max_output_tokens' } } }, 'max_output_tokens', 'cut'],
		[{ data: { additional_kwargs: { stop_reason: 'tool_use' } } }, 'tool_use', 'goesOn'],
		[{ output: { choices: [{ finish_reason: 'error' }] } }, 'error', 'failed'],
		[{ done_reason: 'abort' }, 'abort', 'cancelled'],
	])('%j', (event, word, kind) => {
		expect(finishReasonIn(event)).toEqual({ word, kind });
	});

	test.each<[JsonValue]>([
		[{}],
		['length'],
		[{ finish_reason: null }],
		[{ finish_reason: 'none' }],
		[{ choices: [{ index: 1, finish_reason: 'length' }] }], // of another answer to the same question
		[{ tool_output: { finish_reason: 'length' } }],
		[{ content_blocks: [{ finish_reason: 'length' }] }],
	])('nothing is said in %j', (event) => {
		expect(finishReasonIn(event)).toBeUndefined();
	});
});

describe('Reportify', () => {
	const cut = { finish_reason: 'length' };

	test.each<[string, object[]]>([
		['of the result', [end('w', { a: { content: 'T', ...cut } })]],
		['on the end itself', [{ ...end('w', { a: { content: 'T' } }), ...cut }]],
		[
			'of the agent that wrote it',
			[{ event_type: 'agent_end', output: { content: 'T' }, ...cut }, end('w', { a: { content: 'T' } })],
		],
		[
			'of the node that wrote it',
			[...node('a', 'agent', [], { content: 'T', ...cut }), end('w', { a: { content: 'T' } })],
		],
		[
			'of the last block',
			[streaming('T', { run_id: 's' }), { event_type: 'stream_end', run_id: 's', ...cut }, end('w')],
		],
	])('finish reason %s', (_place, events) => {
		const answer = answerOf([start('w'), ...events]);
		expect([answer.toString(), answer.outcome, answer.finishReason]).toEqual(['T', { status: 'completed' }, 'length']);
	});

	test('what cut a note short did not cut the report', () => {
		const note = { event_type: 'agent_end', output: { content: 'Note' }, ...cut };
		expect(answerOf([start('w'), note, end('w', { a: { content: 'T' } })]).finishReason).toBeUndefined();
	});

	test.each(['workflow_failed', 'workflow_error', 'run.failed', 'failed', 'message_timeout'])(
		'%s ends the run',
		(event_type) => {
			const failed = answerOf([start('w'), streaming('Half'), { event_type, run_id: 'w', error: 'Out of credits' }]);
			expect(failed.outcome).toMatchObject({ status: 'failed', error: { text: 'Out of credits' } });
			expect(answerOf([start('w'), { event_type: 'workflow_cancelled', run_id: 'w' }]).outcome?.status).toBe(
				'cancelled',
			);
		},
	);

	test.each<[string, object]>([
		['error', { event_type: 'error', run_id: 'a', error: { message: 'model timeout' } }],
		['agent_end', { event_type: 'agent_end', run_id: 'a', error: { message: 'model timeout' } }],
		['node_failed', { event_type: 'node_failed', run_id: 'a', error: 'model timeout' }],
	])('half a text, %s and an end without a result: that is no answer', (_name, wrong) => {
		const half = [start('w'), streaming('Half of ', { run_id: 's' }), wrong];
		expect(answerOf([...half, end('w', {})]).outcome).toMatchObject({
			status: 'failed',
			error: { text: 'model timeout' },
		});
		// The agent has got over it, or its work was of no account.
		expect(answerOf([...half, ...block('s2', ['Whole.']), end('w', {})]).outcome).toEqual({ status: 'completed' });
		expect(answerOf([...half, end('w', { b: { content: 'Whole.' } })]).toString()).toBe('Whole.');
	});

	test('an agent can do without a tool', () => {
		const tool = { event_type: 'tool_end', tool_name: 'search', error: 'no network' };
		expect(answerOf([start('w'), streaming('Text'), tool, end('w', {})]).outcome).toEqual({ status: 'completed' });
	});

	test.each<[string, unknown]>([
		['beside the results', { error: 'Out of credits' }],
		['in the place of a result', { write: { error: { message: 'Out of credits' }, content: '' } }],
		['beside half a result', { write: { content: '# Half', error: 'Out of credits' } }],
	])('an error that stands in the output, %s', (_place, output) => {
		expect(answerOf([start('w'), streaming('Half'), end('w', output)]).outcome).toMatchObject({
			status: 'failed',
			error: { text: 'Out of credits' },
		});
	});

	test('results of nodes that are called by numbers keep the order of the run', () => {
		const nodes = ['20', '3'].flatMap((id) => node(id, 'agent', [], { content: `of ${id}` }));
		const output = { 20: { content: 'of 20' }, 3: { content: 'of 3' } };
		expect(answerOf([start('w'), ...nodes, end('w', output)]).toString()).toBe('of 20\n\nof 3');
	});

	test('agents side by side in one node, told apart by their names only', () => {
		const piece = (agent_id: string, content: string) => streaming(content, { node_id: 'n', agent_id });
		const events = [piece('a', 'Apple '), piece('b', 'Banks '), piece('a', 'rose'), piece('b', 'fell'), end('w')];
		expect(answerOf([start('w'), ...events]).toString()).toBe('Banks fell');
	});
});

describe('the words of an error', () => {
	test.each<[JsonValue, string | undefined]>([
		['x', 'x'],
		[500, 'error 500'],
		[true, undefined],
		[[{ msg: 'a' }, 'b'], 'a; b'],
		[{ error: { message: 'deep' } }, 'deep'],
		[{ code: 402 }, '{"code":402}'],
		[{}, undefined],
	])('%j', (error, words) => {
		expect(wordsOfError(error)).toBe(words);
	});

	test('are there where it says one', () => {
		for (const error of ERRORS) expect(saysError(error)).toBe(true);
		for (const error of NO_ERRORS) expect([saysError(error), badEndIn({ error: error })]).toEqual([false, undefined]);
	});
});
