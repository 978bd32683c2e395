import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { agent, answerOf, block, end, inNode, node, start, streaming } from './decoder';

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
			error: { text: 'boom', code: '7', traceId: undefined },
		});
		expect(answerOf([{ event_type: 'error', error: {}, content: 'said here' }]).outcome).toMatchObject({
			error: { text: 'said here' },
		});
	});

	test('with an error is a failure, and what was stated as the result is what there is of the answer', () => {
		const error = { message: 'Out of credits', code: 7 };
		const failed = { status: 'failed', error: { text: 'Out of credits', code: '7', traceId: undefined } };
		const cut = answerOf([start('r'), streaming('The sector rose by '), end('r', {}, error)]);
		expect(cut).toMatchObject({ outcome: failed, result: undefined });
		expect(cut.toString()).toBe('The sector rose by ');
		const stated = answerOf([start('r'), ...block('s', ['Note.']), end('r', { w: { content: '# Half' } }, error)]);
		expect(stated).toMatchObject({ outcome: failed });
		expect(stated.toString()).toBe('# Half');
	});

	test.each([
		[{}],
		[null],
		[''],
		[[]],
		[{ code: null, message: '' }],
		[{ code: 0, message: '' }],
		[{ details: {} }],
		[false],
	])('without an error: %j', (error) => {
		expect(answerOf([start('r'), streaming('T'), end('r', {}, error)]).outcome).toEqual({ status: 'completed' });
	});

	test.each(['error', 'cancel'])('a part that ends with %s is not the end, and its words are kept', (event_type) => {
		const part = { event_type, run_id: 'n', error: { message: 'Out of credits' } };
		const on = answerOf([start('r'), part, streaming('T')]);
		expect(on).toMatchObject({ outcome: undefined, error: { text: 'Out of credits' } });
		expect(answerOf([start('r'), part, streaming('T'), end('r')])).toMatchObject({ outcome: { status: 'completed' } });
	});

	test('the words of a part are those of the whole, where it has none of its own', () => {
		const part = { event_type: 'error', run_id: 'n', error: { message: 'Out of credits' } };
		const said = { status: 'failed', error: { text: 'Out of credits' } };
		expect(answerOf([start('r'), part, { event_type: 'error', run_id: 'r', error: {} }]).outcome).toMatchObject(said);
		expect(answerOf([start('r'), part, end('r', {})]).outcome).toMatchObject(said); // nothing has come of it
		const own = { event_type: 'error', run_id: 'r', error: { message: 'No agent' } };
		expect(answerOf([start('r'), part, own]).outcome).toMatchObject({ error: { text: 'No agent' } });
	});

	test('what a nested run, a node or an agent complains about is kept as well', () => {
		for (const event_type of ['workflow_end', 'node_end', 'agent_end']) {
			const { error: providerError, outcome } = answerOf([
				start('r'),
				{ event_type, run_id: 'n', error: { message: 'boom' } },
			]);
			expect([providerError?.text, outcome]).toEqual(['boom', undefined]);
		}
	});

	test('a part that was cancelled without a word is named', () => {
		const part = { event_type: 'cancel', run_id: 'n', agent_name: 'Search' };
		expect(answerOf([start('r'), part]).error).toEqual({ text: 'Search was cancelled' });
	});

	test('[DONE] is none: nobody documents it', () => {
		expect(answerOf([streaming('a'), '[DONE]', ' [DONE] \n', '"[DONE]"', ''])).toMatchObject({
			outcome: undefined,
			hasGap: false,
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
		expect(odd).toMatchObject({ eventCount: 5, outcome: undefined, hasGap: false });
		expect(odd.toString()).toBe('a');
	});

	test('JSON that is no object is no event', () => {
		expect(answerOf(['17', '"x"', 'null', '[]', '[17]']).toString()).toBe('');
	});

	test('events in a list, or as JSON text in a string, are read', () => {
		const events = [start('w'), end('w', { w: { content: '# Report' } })];
		for (const written of [events, JSON.stringify(events), JSON.stringify({ assistant_events: events })]) {
			const answer = answerOf([JSON.stringify(written)]);
			expect([answer.toString(), answer.outcome?.status]).toEqual(['# Report', 'completed']);
		}
	});

	test('what is not JSON may have been text', () => {
		expect(answerOf(['{"event_type":"streaming","content":"a'])).toMatchObject({ hasGap: true, eventCount: 0 });
	});

	test('numbers as Python writes them do not cost the event', () => {
		const end = '{"event_type":"workflow_end","output":{"n":{"content":"# R","pe":NaN}},"offset":9}';
		const answer = answerOf([{ event_type: 'init', offset: 8 }, end]);
		expect(answer).toMatchObject({ hasGap: false, outcome: { status: 'completed' }, lastOffset: 9, eventCount: 2 });
		expect(answer.toString()).toBe('# R');
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
			error: { text: 'Agent is paused' },
		});
		expect(answerOf([{ detail: [{ loc: ['body', 'message'], msg: 'too long', type: 'v' }] }]).outcome).toMatchObject({
			error: { text: 'message: too long' },
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

describe('the texts of steps', () => {
	test('what a node or an agent streamed is its output, where its end states none', () => {
		const members = { ...inNode('x'), agent_id: 'agent_x' };
		const { steps } = answerOf(
			node('x', 'agent', agent('x', [...block('1', ['a', 'b'], members), ...block('2', ['c'], members)], {})),
		);
		expect(steps).toMatchObject([
			{ kind: 'node', name: 'Node x', output: 'ab\n\nc' },
			{ kind: 'agent', name: 'agent_x', output: 'ab\n\nc' },
		]);
	});

	test('it stands before what the end states, and nothing stands there twice', () => {
		const members = { ...inNode('x'), agent_id: 'agent_x' };
		const inside = [...block('1', ['a note'], members), ...block('2', ['the text'], members)];
		const outputs = (...args: Parameters<typeof node>) => answerOf(node(...args)).steps.map(({ output }) => output);
		expect(outputs('x', 'agent', agent('x', inside, { content: 'So: the text.' }), { content: 'a note' })).toEqual([
			'the text\n\na note',
			'a note\n\nSo: the text.',
		]);
		expect(outputs('x', 'agent', agent('x', inside, { content: 'text' }))[1]).toBe('a note\n\nthe text');
		expect(outputs('x', 'agent', [], { content: 'T', filename: 't.md' })).toEqual(['T']);
		expect(outputs('x', 'agent', [], { rows: 3 })).toEqual([{ rows: 3 }]);
	});

	test('agents that work in parallel, in one node or in several, keep to their own', () => {
		const [a, b] = [
			{ ...inNode('x'), agent_id: 'a' },
			{ ...inNode('x'), agent_id: 'b' },
		];
		const { steps } = answerOf([
			...node('x', 'agent', [
				{ event_type: 'agent_start', run_id: 'ra', ...a },
				{ event_type: 'agent_start', run_id: 'rb', ...b },
				streaming('A1', { run_id: '1', ...a }),
				streaming('B1', { run_id: '2', ...b }),
				streaming('A2', { run_id: '1', ...a }),
				{ event_type: 'agent_end', run_id: 'rb', ...b },
				{ event_type: 'agent_end', run_id: 'ra', ...a },
			]),
			...node('y', 'agent', block('3', ['Y'], inNode('y'))),
		]);
		expect(steps.map(({ kind, output }) => [kind, output])).toEqual([
			['node', 'A1A2\n\nB1'],
			['agent', 'A1A2'],
			['agent', 'B1'],
			['node', 'Y'],
		]);
	});

	test('the output of a tool is handed on as it is', () => {
		const tool = { run_id: 't', tool_name: 'search', node_id: 'x' };
		const { steps } = answerOf([
			...block('s', ['note'], inNode('x')),
			{ event_type: 'tool_start', ...tool },
			{ event_type: 'tool_end', ...tool, output: {} },
		]);
		expect(steps).toMatchObject([{ kind: 'tool', output: {} }]);
	});
});

describe('the name of the message', () => {
	test('is that of the first event that has one; a part may have its own', () => {
		const events = [
			{ event_type: 'init' },
			{ event_type: 'x', response_id: 'm' },
			{ ...streaming('T'), response_id: 'n' },
		];
		expect(answerOf(events).ids).toEqual({ conversationId: undefined, messageId: 'm' });
	});

	test('is left alone when it is known', () => {
		const [event] = new ReportifyEvents(() => true).decode({ data: '{"event_type":"init","response_id":"m"}' });
		expect(event!.changes()).toEqual([]);
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
