import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { Answer } from '../../nodes/shared/answer/answer';
import { DOCUMENTED_LINES as lines } from './decoder';

const last = JSON.parse(lines.at(-1)!) as {
	output: { write_weekly: { content: string; title: string; filename: string } };
};
const { content, title, filename } = last.output.write_weekly;

function play(events: string[]): Answer {
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true });
	const decoder = new ReportifyEvents();
	for (const data of events) for (const event of decoder.decode({ data })) answer.apply(event);
	return answer;
}

test('the answer is the report, not the plan, the notes or the summary', () => {
	const answer = play(lines);
	expect(answer.outcome).toEqual({ status: 'completed' });
	expect(answer.toString()).toBe(content);
	expect(answer.result).toMatchObject({ title, fileName: filename, fileType: 'markdown' });
	expect(answer.result!.summary).toBe('周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。');
	expect(answer.ids.messageId).toBe('019b24ef238cc97730971a9a0080c99c');
});

test('plan, notes and tools are steps, in the order in which they began', () => {
	const { steps } = play(lines);
	expect(steps.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
		'node 开始',
		'node 确定范围',
		'agent 执行智能体',
		'node 收集价格',
		'agent 深度搜索',
		'tool 新闻搜索',
		'tool 新闻搜索',
		'node 撰写周报',
		'agent 写作智能体',
		'node 结束',
	]);
	expect(steps.every(({ status, durationMs }) => status === 'completed' && durationMs! > 0)).toBe(true);
	// What the planner said, and what the end of its node says.
	expect(steps[0]!.output).toBe('任务：整理上周存储芯片价格，随后写一页周报。先定范围，再收集数据。\n\n计划已定。');
	expect(steps[3]!.output).toBe('找到 1 篇。DDR5 16Gb 上涨 4.2%。');
	expect(steps[7]!.output).toBe(content);
});

test('nothing but the words of the end node is shown on the way', () => {
	const answer = new Answer({ composition: 'lastBlock' });
	const decoder = new ReportifyEvents();
	const summary = '周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。';
	for (const data of lines.slice(0, -1)) {
		for (const event of decoder.decode({ data })) answer.apply(event);
		expect(summary.startsWith(answer.toString())).toBe(true);
	}
	expect(answer.toString()).toBe(summary);
});

describe('the rule, without what comes first in it', () => {
	type Event = Record<string, unknown> & { event_type: string };
	const events = lines.map((line) => JSON.parse(line) as Event);
	const playing = (change: (event: Event) => Event) => play(events.map((event) => JSON.stringify(change(event))));
	const without = (event: Event, isMeant: boolean) => (isMeant ? { ...event, output: {} } : event);

	test('no output of the run: what the end node gave', () => {
		const answer = playing((event) => without(event, event.event_type === 'workflow_end'));
		expect(answer.toString()).toBe('周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。');
		expect(answer.result!.summary).toBeUndefined();
	});

	test('nor of the end node: what the last agent gave, with the file name that its node told', () => {
		const answer = playing((event) =>
			without(
				event,
				event.event_type === 'workflow_end' || (event.event_type === 'node_end' && event.node_id === 'end'),
			),
		);
		expect(answer.toString()).toBe(content);
		expect(answer.result!.summary).toBe('周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。');
	});

	test('nor of any: the last text that was streamed, never the plan', () => {
		const answer = playing((event) => without(event, true));
		expect(answer.toString()).toBe('周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。');
		const planOnly = play(
			events
				.filter(({ event_type, node_id }) => node_id === 'start' || !/stream|end/.test(event_type))
				.concat([{ event_type: 'workflow_end', run_id: 'w-1' }])
				.map((event) => JSON.stringify({ ...event, output: {} })),
		);
		expect(planOnly.outcome).toEqual({ status: 'completed' });
		expect(planOnly.toString()).toBe('');
	});

	test('several results: all of them, in order, under their titles', () => {
		const one = { title: 'One', filetype: 'markdown', content: 'first', filename: 'one.md' };
		const two = { title: 'Two', filetype: 'markdown', content: '# Two\n\nsecond', filename: 'two.md' };
		const answer = playing((event) =>
			event.event_type === 'workflow_end' ? { ...event, output: { a: one, b: two } } : event,
		);
		expect(answer.toString()).toBe('# One\n\nfirst\n\n# Two\n\nsecond');
		expect(answer.result).toMatchObject({ title: 'One' });
		expect(answer.result!.fileName).toBeUndefined();
	});

	test.each([{ message: 'Out of credits' }, 'Out of credits', { code: 402, message: 'Out of credits' }])(
		'an error on the end of the run: it failed, with what there is',
		(error) => {
			const answer = playing((event) => (event.event_type === 'workflow_end' ? { ...event, error } : event));
			expect(answer.outcome).toMatchObject({ status: 'failed', complaint: { text: 'Out of credits' } });
			expect(answer.toString()).toBe(content);
		},
	);

	test('an error of an inner run does not end the whole, and its words are kept', () => {
		const answer = playing((event) =>
			event.event_type === 'node_end' && event.node_id === 'define_scope'
				? { event_type: 'error', run_id: 'n-1', error: { message: 'Search is down' } }
				: event,
		);
		expect(answer.outcome).toEqual({ status: 'completed' });
		expect(answer.complaint).toMatchObject({ text: 'Search is down' });
		expect(answer.toString()).toBe(content);
	});
});
