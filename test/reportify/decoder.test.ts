import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { answerOf, end, start, streaming } from './decoder';

describe('text', () => {
	test('pieces are joined with those of their block, whatever comes between; the block that began last is the answer', () => {
		const answer = answerOf([
			streaming('a', { run_id: '1', node_id: 'x' }),
			streaming('b', { run_id: '2', node_id: 'x' }),
			streaming('c', { run_id: '1', node_id: 'x' }),
			streaming(''),
			streaming('d', { run_id: '2', node_id: 'x' }),
		]);
		expect(answer.toString()).toBe('bd');
		expect(answer.outcome).toBeUndefined();
	});

	test('comes before stream_start, and without any', () => {
		expect(
			answerOf([
				streaming('a'),
				{ event_type: 'stream_start' },
				streaming('b'),
				{ event_type: 'stream_end' },
			]).toString(),
		).toBe('b');
	});

	test('is in `streaming` and `stream_end` events alone', () => {
		const others = ['init', 'node_start', 'agent_start', 'tool_end', 'stream_start', 'usage', 'mood_changed'];
		expect(answerOf(others.map((event_type) => ({ event_type, content: 'x' }))).toString()).toBe('');
		expect(
			answerOf([
				{ event_type: 'streaming', content: null },
				{ event_type: 'streaming', content: { a: 1 } },
			]).toString(),
		).toBe('');
	});

	test('what the end of the run states is the answer, whatever came before', () => {
		for (const output of [{ content: 'T' }, { text: 'T' }, { answer: 'T' }, { result: 'T' }, 'T']) {
			expect(answerOf([end('r', output)]).toString()).toBe('T');
			expect(answerOf([streaming('S'), end('r', output)]).toString()).toBe('T');
		}
		expect(answerOf([end('r', { content: '', other: 'x' })]).toString()).toBe('');
	});
});

describe('the end', () => {
	test.each<[string, object[]]>([
		['without any beginning', [end('r')]],
		['without any beginning or run id', [end()]],
		['of the run that began first', [start('r'), start('n'), end('n'), end('r')]],
		['also when the nested run does not end', [start('r'), start('n'), end('r')]],
		['counted, where there are no run ids', [start(), start(), end(), end()]],
		['counted, where run ids are empty', [start(''), start(''), end(''), end('')]],
		['counted, where only nested runs have ids', [start(), start('n'), end('n'), end()]],
	])('%s', (_title, events) => {
		expect(answerOf(events).outcome).toEqual({ status: 'completed' });
		expect(answerOf(events.slice(0, -1)).outcome).toBeUndefined();
	});

	test('of a nested run is none, with one id, two or none', () => {
		for (const events of [
			[start('r'), start('n'), end('n')],
			[start(), start('n'), end('n')],
			[start('r'), start(), end()],
			[start(), start(), end()],
		]) {
			expect(answerOf(events).outcome).toBeUndefined();
		}
	});

	test('cancel and error', () => {
		expect(answerOf([start('r'), { event_type: 'cancel' }]).outcome).toEqual({ status: 'cancelled' });
		expect(
			answerOf([start('r'), { event_type: 'error', run_id: 'r', error: { message: 'boom', code: 7 } }]).outcome,
		).toEqual({
			status: 'failed',
			complaint: { text: 'boom', code: '7', traceId: undefined },
		});
		expect(answerOf([{ event_type: 'error', error: {}, content: 'said here' }]).outcome).toMatchObject({
			complaint: { text: 'said here' },
		});
	});

	test('an error of a nested run is not the end', () => {
		expect(
			answerOf([start('r'), { event_type: 'error', run_id: 'n', error: { message: 'x' } }]).outcome,
		).toBeUndefined();
	});

	test('[DONE] is none: nobody documents it', () => {
		expect(answerOf([streaming('a'), '[DONE]', ' [DONE] \n'])).toMatchObject({
			outcome: undefined,
			damaged: false,
			eventCount: 1,
		});
	});
});

describe('what may be missing, unknown or odd', () => {
	test('the type may be on the `event:` line', () => {
		const events = new ReportifyEvents().decode({ event: 'streaming', data: '{"content":"a"}' });
		expect(events[0]!.changes()).toMatchObject([{ kind: 'text', text: 'a' }]);
	});

	test('unknown types, no type, null members', () => {
		const odd = answerOf([
			{ event_type: 'mood_changed', offset: 1 },
			{ offset: 2 },
			{ event_type: null, event_id: null, run_id: null, offset: null },
			{ event_type: 'streaming', content: 'a', offset: 4, run_id: null, error: {} },
			{},
		]);
		expect(odd).toMatchObject({ eventCount: 5, outcome: undefined, damaged: false });
		expect(odd.toString()).toBe('a');
	});

	test('JSON that is no object is no event', () => {
		expect(answerOf(['17', '"x"', 'null', '[]', '[{"event_type":"streaming","content":"x"}]']).toString()).toBe('');
	});

	test('what is not JSON may have been text', () => {
		expect(answerOf(['{"event_type":"streaming","content":"a'])).toMatchObject({ damaged: true, eventCount: 0 });
	});

	test('a reply that holds all events at once', () => {
		const reply = { assistant_events: [start('r'), streaming('a', { offset: 3 }), 'junk', null, end('r')] };
		const answer = answerOf([reply]);
		expect(answer).toMatchObject({ outcome: { status: 'completed' }, eventCount: 3, lastOffset: 3 });
		expect(answer.toString()).toBe('a');
	});

	test('an error body under status 200', () => {
		expect(answerOf([{ detail: 'Agent is paused' }]).outcome).toMatchObject({
			status: 'failed',
			complaint: { text: 'Agent is paused' },
		});
		expect(answerOf([{ detail: [{ loc: ['body', 'message'], msg: 'too long', type: 'v' }] }]).outcome).toMatchObject({
			complaint: { text: 'message: too long' },
		});
	});

	test('ids and offsets are handed on as they are', () => {
		const [event] = new ReportifyEvents().decode({
			data: '{"event_type":"init","event_id":"e","offset":9195,"workflow_id":11887655289749510}',
		});
		expect(event).toMatchObject({ id: 'e', offset: 9195, raw: { workflow_id: '11887655289749510' } });
	});
});

describe('steps', () => {
	test('tools, nodes and agents, by their run id', () => {
		const at = Date.UTC(2026, 0, 1);
		const { steps } = answerOf([
			{ event_type: 'node_start', run_id: '1', node_name: 'plan', timestamp: at },
			{ event_type: 'tool_start', run_id: '2', tool_name: 'search', input: { q: 'a' }, timestamp: at + 10 },
			{ event_type: 'tool_start', run_id: '3', tool_name: 'search', input: { q: 'b' }, timestamp: at + 20 },
			{ event_type: 'tool_end', run_id: '3', tool_name: 'search', output: { content: '[]' }, timestamp: at + 120 },
			{ event_type: 'tool_end', run_id: '2', tool_name: 'search', error: { message: 'no' }, timestamp: at + 30 },
			{ event_type: 'agent_start', agent_name: 'writer' },
		]);
		expect(steps).toMatchObject([
			{ kind: 'node', name: 'plan', status: 'running', startedAt: '2026-01-01T00:00:00.000Z' },
			{ kind: 'tool', name: 'search', input: { q: 'a' }, status: 'failed', durationMs: 20 },
			{
				kind: 'tool',
				name: 'search',
				input: { q: 'b' },
				output: { content: '[]' },
				status: 'completed',
				durationMs: 100,
			},
			{ kind: 'agent', name: 'writer', status: 'running', startedAt: null },
		]);
	});
});

describe('files', () => {
	test('that tools and the workflow name, in any of the likely places, once each', () => {
		const { files } = answerOf([
			{ event_type: 'tool_end', output: { content: '{"file_id":"f1","file_name":"a.pdf"}' } },
			{ event_type: 'tool_output', output: { files: [{ id: 'f2', name: 'b.xlsx' }, 'f3'] } },
			end('r', { result: { file_ids: ['f4', 'f1'] } }),
		]);
		expect(files).toEqual([
			{ id: 'f1', name: 'a.pdf' },
			{ id: 'f2', name: 'b.xlsx' },
			{ id: 'f3', name: 'f3' },
			{ id: 'f4', name: 'f4' },
		]);
	});

	test('the documents of a search are none', () => {
		expect(
			answerOf([{ event_type: 'tool_end', output: { content: '{"docs":[{"doc_id":"d1","id":"x"}]}' } }]).files,
		).toEqual([]);
	});
});

describe('usage', () => {
	test.each([
		[{ usage: { total_tokens: 5 } }, { total_tokens: 5 }],
		[{ output: { tokens: 5 } }, { tokens: 5 }],
		[{ content: '5 tokens', output: null }, '5 tokens'],
		[{}, null],
	])('%j', (members, expected) => {
		expect(answerOf([end('r'), { event_type: 'usage', ...members }]).usage).toEqual(expected);
	});
});
