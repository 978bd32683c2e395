import type { Answer } from '../../nodes/shared/answer/answer';
import { fc } from '../fuzz/seed';
import { agent, answerOf, block, DOCUMENTED, DOCUMENTED_RUN, end, inNode, node, start, streaming } from './decoder';

/*
 * What a user calls the answer is the result of the run, and not everything that was streamed
 * (`docs/apis/reportify.md §3e`).
 */

const PLANNER = { ...inNode('start', 'start'), agent_id: 'workflow_planner' };
const SUMMARIZER = { ...inNode('end', 'end'), agent_id: 'workflow_summarizer' };
const planning = node('start', 'start', block('s-p', ['The ', 'plan.'], PLANNER), { content: 'Planned.' });
const summing = (output: unknown = { content: 'A summary.' }) =>
	node('end', 'end', block('s-e', ['A ', 'summary.'], SUMMARIZER), output);
const working = (id: string, output?: unknown, inAgent: unknown = { content: `Work of ${id}.` }) =>
	node(
		id,
		'agent',
		agent(id, block(`s-${id}`, ['Notes ', `of ${id}.`], { ...inNode(id), agent_id: `agent_${id}` }), inAgent),
		output,
	);
const run = (inside: object[], output?: unknown, error?: unknown) => [start('w'), ...inside, end('w', output, error)];
const resultOf = (events: object[]) => {
	const answer = answerOf(events);
	return answer.outcome?.status === 'completed' ? answer.result : answer.outcome;
};

test('the documented run', () => {
	const answer = answerOf(DOCUMENTED_RUN);
	expect(answer).toMatchObject({
		outcome: { status: 'completed' },
		ids: { messageId: DOCUMENTED.messageId },
		lastOffset: DOCUMENTED.lastOffset,
		eventCount: DOCUMENTED_RUN.length,
		hasGap: false,
	});
	const { answer: text, title, summary, fileName, fileType } = DOCUMENTED;
	expect(answer.result).toEqual({ text, title, summary, fileName, fileType });
	expect(answer.toString()).toBe(text);
	expect(answer.steps.map(({ kind, name }) => [kind, name])).toEqual(DOCUMENTED.steps);
	expect(answer.steps.every(({ status }) => status === 'completed')).toBe(true);
	const outputs = JSON.stringify(answer.steps.map(({ output }) => output));
	for (const note of [DOCUMENTED.plan, ...DOCUMENTED.notes])
		expect(outputs).toContain(JSON.stringify(note).slice(1, -1));
});

describe('what the answer is, in this order', () => {
	const whole = [...planning, ...working('a', { content: 'Node a.' }), ...working('b', { content: 'Node b.' })];

	test.each<[string, object[], object]>([
		[
			'the output of the run; the summary is not part of it',
			run([...whole, ...summing()], { b: { title: ' T ', filetype: 'markdown', content: '# R\n', filename: 'r.md' } }),
			{ text: '# R\n', title: 'T', fileType: 'markdown', fileName: 'r.md', summary: 'A summary.' },
		],
		['the output of the end node', run([...whole, ...summing()], {}), { text: 'A summary.' }],
		[
			'an output without a word is none',
			run([...whole, ...summing()], { b: { title: 'T', content: ' \n' } }),
			{ text: 'A summary.' },
		],
		[
			'the output of the last agent, where the end node states none; its words are the summary',
			run([...whole, ...summing(null)]),
			{ text: 'Work of b.', summary: 'A summary.' },
		],
		['the output of the last agent', run(whole), { text: 'Work of b.' }],
		[
			'named as its node names the same text',
			run([...planning, ...working('a', { content: 'Work of a.', filename: 'a.md', filetype: 'markdown' })]),
			{ text: 'Work of a.', fileName: 'a.md', fileType: 'markdown' },
		],
		[
			'the last text that was streamed',
			run([...planning, ...working('a', {}, {}), ...working('b', {}, {})]),
			{ text: 'Notes of b.' },
		],
		['without the plan, though that came last', run([...working('a', {}, {}), ...planning]), { text: 'Notes of a.' }],
		[
			'the output of the last node, where nobody said a word',
			run([...planning, ...node('a', 'agent', [], { content: 'A.' }), ...node('b', 'tool', [], { content: 'B.' })]),
			{ text: 'B.' },
		],
	])('%s', (_title, events, expected) => {
		const result = resultOf(events) as object;
		expect(JSON.parse(JSON.stringify(result))).toEqual(expected);
	});

	test('a plan alone is no answer', () => {
		expect(resultOf(run(planning))).toBeUndefined();
		expect(answerOf(run(planning)).toString()).toBe('');
	});

	test('the end of a workflow inside of the run is not its end', () => {
		const nested = { workflow_id: 'inner' };
		const inside = [...planning, ...summing({ content: 'Inner end.' })].map((each) => ({ ...each, ...nested }));
		const events = [
			{ event_type: 'workflow_start', run_id: 'w', workflow_id: 'outer' },
			...working('a', { content: 'A.' }),
			{ event_type: 'workflow_start', run_id: 'v', ...nested },
			...inside,
			{ event_type: 'workflow_end', run_id: 'v', ...nested, output: { x: { content: 'Inner.' } } },
			{ event_type: 'workflow_end', run_id: 'w', workflow_id: 'outer', output: {} },
		];
		expect(resultOf(events)).toMatchObject({ text: 'Work of a.' });
		const counted = [
			start('w'),
			...working('a'),
			start('v'),
			...planning,
			...summing(),
			end('v', { x: { content: 'I' } }),
		];
		expect(resultOf([...counted, end('w', {})])).toMatchObject({ text: 'Work of a.' });
	});

	test('members that a server leaves out', () => {
		const bare = (events: object[]) => events.map(({ node_type: _, ...rest }: { node_type?: string }) => rest);
		expect(resultOf(run(bare([...planning, ...working('a'), ...summing()])))).toMatchObject({ text: 'A summary.' });
		// Pieces that say no more than which block they are of, or nothing at all.
		const poor = [
			{ event_type: 'node_start', ...inNode('start', 'start') },
			streaming('The plan.'),
			{ event_type: 'node_end', ...inNode('start', 'start') },
			{ event_type: 'stream_start', run_id: '1', agent_id: 'workflow_planner', node_id: 'x' },
			streaming('More of the plan.', { run_id: '1' }),
			{ event_type: 'stream_end', run_id: '1' },
		];
		expect(resultOf(run(poor))).toBeUndefined();
		expect(resultOf(run([...poor, ...block('2', ['Text.'])]))).toMatchObject({ text: 'Text.' });
	});
});

describe('the output of the run', () => {
	const texts = (output: unknown) => (resultOf(run(planning, output)) as Answer['result'])?.text;

	test.each([
		[{ content: 'T' }],
		[{ text: 'T' }],
		[{ answer: 'T' }],
		[{ result: 'T' }],
		['T'],
		[{ n: { content: 'T' } }],
		[{ n: { text: 'T' } }],
		[{ content: { content: 'T' } }],
		[{ result: { content: 'T' }, meta: { text: 'x', title: 'y' } }],
		[{ meta: { took_ms: 5 }, n: { content: 'T' }, empty: { content: '' }, none: null }],
		[{ start: 'T' }], // a node that has run
		[[{ content: 'T' }]],
	])('%j', (output) => expect(texts(output)).toBe('T'));

	test.each([[{}], [null], [''], [{ status: 'ok' }], [{ n: {} }], [{ n: { title: 'T' } }], [{ n: ['T'] }], [17], [[]]])(
		'%j states nothing',
		(output) => expect(texts(output)).toBeUndefined(),
	);

	test('data is the answer as JSON', () => {
		expect(resultOf(run([], { n: { content: { a: [1, '2'] }, filetype: 'json' } }))).toMatchObject({
			text: '{"a":[1,"2"]}',
			fileType: 'json',
		});
	});

	test('the file name may stand in the path only', () => {
		expect(resultOf(run([], { n: { content: 'T', filepath: '/reports/周报.md' } }))).toMatchObject({
			fileName: '周报.md',
		});
	});

	describe('of several', () => {
		const several = (...outputs: Array<[string, string?, string?]>) =>
			resultOf(
				run(
					[],
					Object.fromEntries(outputs.map(([content, title, filetype], at) => [`n${at}`, { content, title, filetype }])),
				),
			) as Answer['result'];

		test('stand in their order, each under its title', () => {
			expect(several(['One.\n', 'First'], ['Two.', 'Second'], ['Three.'])).toEqual({
				text: '# First\n\nOne.\n\n# Second\n\nTwo.\n\nThree.',
				title: 'First',
				fileName: undefined,
				fileType: undefined,
			});
		});

		test('a title that the text has already is not repeated', () => {
			expect(several(['## First #\n\nOne.', 'First'], ['Second\n======\nTwo.', 'Second'])?.text).toBe(
				'## First #\n\nOne.\n\nSecond\n======\nTwo.',
			);
		});

		test('web pages stay web pages', () => {
			const pages = several(['<p>1</p>', 'A & B', 'html'], ['<h1>C</h1><p>2</p>', 'C', 'html']);
			expect(pages).toMatchObject({
				text: '<h1>A &amp; B</h1>\n<p>1</p>\n\n<h1>C</h1><p>2</p>',
				fileType: 'html',
			});
		});

		test('what is no Markdown is quoted beside what is', () => {
			const mixed = several(['One.', 'First', 'markdown'], ['a,b\n1,2\n', 'Data', 'csv'], ['`` ``` ``', 'T', 'json']);
			expect(mixed).toMatchObject({
				text: '# First\n\nOne.\n\n# Data\n\n```csv\na,b\n1,2\n```\n\n# T\n\n````json\n`` ``` ``\n````\n',
				fileType: undefined,
			});
			expect(several(['1', 'A', 'csv'], ['2', 'B', 'csv'])).toMatchObject({
				text: 'A\n\n1\n\nB\n\n2',
				fileType: 'csv',
			});
			expect(several(['1', 'A', 'text'], ['2', 'B', 'md'])?.text).toBe('# A\n\n1\n\n# B\n\n2');
		});
	});
});

describe('before the end', () => {
	const upTo = (events: object[], type: string) =>
		events.slice(
			0,
			events.findIndex((each) => 'event_type' in each && each.event_type === type),
		);
	const workflow = run([...planning, ...working('a'), ...working('b'), ...summing()], { b: { content: '# R' } });

	test('plan and notes are never the answer so far, nor that of a run that was cancelled or failed', () => {
		for (let length = 0; length < workflow.length; length++) {
			for (const last of [
				[],
				[{ event_type: 'cancel' }],
				[{ event_type: 'error', error: { message: 'x' } }],
				[end('w', {}, { m: 1 })],
			]) {
				expect(['', 'A ', 'A summary.']).toContain(answerOf([...workflow.slice(0, length), ...last]).toString());
			}
		}
	});

	test('the text of a single agent is, as is that of the end node', () => {
		const single = run(node('a', 'agent', agent('a', block('1', ['One ', 'two.'], inNode('a')))));
		expect(answerOf([...upTo(single, 'stream_end'), { event_type: 'cancel' }]).toString()).toBe('One two.');
		expect(answerOf([...upTo(workflow, 'workflow_end'), { event_type: 'cancel' }]).toString()).toBe('A summary.');
	});

	test('the words of a first agent are until another one begins', () => {
		const two = [...working('a'), ...working('b')];
		expect(answerOf(two.slice(0, 5)).toString()).toBe('Notes of a.');
		const begun = two.findIndex((each, at) => at > 0 && 'event_type' in each && each.event_type === 'node_start');
		expect(answerOf(two.slice(0, begun)).toString()).toBe('Notes of a.');
		expect(answerOf(two.slice(0, begun + 1)).toString()).toBe('');
		expect(answerOf(two).toString()).toBe('');
	});

	test('blocks of one agent that are written in turns are not shuffled', () => {
		const members = { ...inNode('x'), agent_id: 'a' };
		const events = [
			{ event_type: 'stream_start', run_id: '1', ...members },
			streaming('One ', { run_id: '1', ...members }),
			{ event_type: 'stream_start', run_id: '2', ...members },
			streaming('Three ', { run_id: '2', ...members }),
			streaming('two.', { run_id: '1', ...members }),
			streaming('four.', { run_id: '2', ...members }),
			{ event_type: 'stream_end', run_id: '1', ...members, content: 'One two.' },
			streaming(' Five.', { run_id: '2', ...members }),
			{ event_type: 'stream_end', run_id: '2', ...members, content: 'Three four. Five.' },
		];
		const seen = events.map((_each, at) => answerOf(events.slice(0, at + 1)).toString());
		expect(seen.slice(1)).toEqual([
			'One ',
			'One ',
			'One ',
			'One two.',
			'One two.',
			'One two.\n\nThree four.',
			'One two.\n\nThree four. Five.',
			'One two.\n\nThree four. Five.',
		]);
	});
});

describe('live text', () => {
	/** What comes, told apart by what it does to what was shown. */
	const shown = (events: object[]) => {
		const changes: unknown[] = [];
		answerOf(events, (change) => changes.push(change));
		return changes;
	};

	test('of the documented run: the words of the end node, and no others before the end', () => {
		expect(shown(DOCUMENTED_RUN)).toEqual([
			{ appended: '周报已生成：' },
			{ appended: '**DDR5 上涨 4.2%**，' },
			{ appended: 'NAND 上涨 1.1%。' },
			{ superseded: true },
		]);
	});

	test('of a single agent: as it comes', () => {
		const members = { ...inNode('a'), agent_id: 'x' };
		const single = node(
			'a',
			'agent',
			agent('a', [...block('1', ['One', ' two.'], members), ...block('2', ['Three.'], members)]),
		);
		expect(shown(run(single, { a: { content: 'One two.\n\nThree.' } }))).toEqual([
			{ appended: 'One' },
			{ appended: ' two.' },
			{ appended: '\n\nThree.' },
		]);
	});

	test('notes that were taken for the answer are taken back, and the end node is heard all the same', () => {
		expect(shown(run([...working('a'), ...working('b'), ...summing()]))).toEqual([
			{ appended: 'Notes ' },
			{ appended: 'of a.' },
			{ removed: true },
			{ appended: 'A ' },
			{ appended: 'summary.' },
		]);
	});
});

describe('nodes that run in parallel', () => {
	const pieces = fc.array(fc.constantFrom('a', '你', '# H\n', ' ', '\n\n', '| x |', '👩‍🔬'), {
		minLength: 1,
		maxLength: 6,
	});
	/** Streams of events, and an order in which they come. */
	const parallel = fc.record({
		texts: fc.array(pieces, { minLength: 2, maxLength: 4 }),
		order: fc.array(fc.nat(3), { maxLength: 60 }),
		states: fc.boolean(),
	});

	test('however their events come in turns, every text is whole, in its own step, and the answer is the same', () => {
		fc.assert(
			fc.property(parallel, ({ texts, order, states }) => {
				const streams = texts.map((text, at) => {
					const members = { ...inNode(`n${at}`), agent_id: 'same' };
					const inside = block(`s${at}`, text, members, states ? text.join('') : undefined);
					return node(`n${at}`, 'agent', agent(`n${at}`, inside, {}, 'same'));
				});
				const mixed = inTurns(streams, order);
				const report = { w: { content: '# R', title: 'R' } };
				const answer = answerOf(run([...planning, ...mixed, ...summing()], report));
				expect(answer.result).toMatchObject({ text: '# R', title: 'R', summary: 'A summary.' });
				const outputOf = (wanted: string) => answer.steps.find(({ name }) => name === `Node ${wanted}`)?.output;
				texts.forEach((text, at) => {
					const whole = text.join('');
					expect(outputOf(`n${at}`)).toEqual(whole.trim() === '' ? null : whole);
				});
				// Without any result that is stated, it is one of the texts, and never a mixture.
				const spoken = answerOf(run([...planning, ...mixed])).toString();
				expect(['', ...texts.map((text) => text.join(''))]).toContain(spoken);
			}),
			{ numRuns: 500 },
		);
	});
});

/** Takes from the streams in turn, by these choices; each keeps its own order. */
function inTurns(streams: object[][], order: number[]): object[] {
	const left = streams.map((stream) => [...stream]);
	const mixed: object[] = [];
	for (let at = 0; left.some((stream) => stream.length > 0); at++) {
		const open = left.filter((stream) => stream.length > 0);
		mixed.push(open[(order[at] ?? 0) % open.length]!.shift() as object);
	}
	return mixed;
}
