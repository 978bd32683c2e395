import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { Answer } from '../../nodes/shared/answer/answer';
import type { TextChange } from '../../nodes/shared/answer/answer-text';
import type { JsonObject } from '../../nodes/shared/json/json';

/** The answer that these events make, through the real decoder. A string is a frame as it came. */
export function answerOf(events: Array<object | string>, onText?: (change: TextChange) => void): Answer {
	const decoder = new ReportifyEvents();
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true, keepEvents: true });
	for (const each of events) {
		const data = typeof each === 'string' ? each : JSON.stringify(each);
		for (const event of decoder.decode({ data })) {
			const changes = answer.apply(event);
			if (changes !== 'repeated') changes.forEach((change) => onText?.(change));
		}
	}
	return answer;
}

export const streaming = (content: string, members: object = {}) => ({ event_type: 'streaming', content, ...members });
export const start = (run_id?: string) => ({ event_type: 'workflow_start', run_id });
export const end = (run_id?: string, output?: unknown, error?: unknown) => ({
	event_type: 'workflow_end',
	run_id,
	output,
	error,
});

/** Who works where: the members that the events of a node share. */
export const inNode = (node_id: string, node_type = 'agent') => ({ node_id, node_type, node_name: `Node ${node_id}` });

/** A node with what happens in it. */
export const node = (id: string, type: string, inside: object[], output?: unknown): object[] => [
	{ event_type: 'node_start', run_id: `n-${id}`, ...inNode(id, type) },
	...inside,
	{ event_type: 'node_end', run_id: `n-${id}`, ...inNode(id, type), output },
];

/** An agent in a node with what it does. */
export const agent = (node_id: string, inside: object[], output?: unknown, id = `agent_${node_id}`): object[] => [
	{ event_type: 'agent_start', run_id: `a-${node_id}`, node_id, agent_id: id },
	...inside,
	{ event_type: 'agent_end', run_id: `a-${node_id}`, node_id, agent_id: id, output },
];

/** A block of streamed text, in these pieces. */
export const block = (run_id: string, pieces: string[], members: object = {}, whole?: string): object[] => [
	{ event_type: 'stream_start', run_id, ...members },
	...pieces.map((piece) => streaming(piece, { run_id, ...members })),
	{ event_type: 'stream_end', run_id, ...members, content: whole ?? '' },
];

/** One whole run in the documented shapes (`docs/apis/reportify.md §3d-2`), a line for each event. */
export const DOCUMENTED_LINES = readFileSync(join(__dirname, '../../docs/apis/reportify-run.ndjson'), 'utf8')
	.split('\n')
	.filter((line) => line !== '');
export const DOCUMENTED_RUN = DOCUMENTED_LINES.map((line) => JSON.parse(line) as JsonObject);

/** What that run comes to. */
export const DOCUMENTED = {
	messageId: '019b24ef238cc97730971a9a0080c99c',
	answer: `# 存储芯片周报 - 2025年12月15日

## 摘要

现货价继续上涨。

| 品种 | 周五价（美元） | 一周变化 |
| --- | ---: | ---: |
| DDR5 16Gb | 9.87 | +4.2% |
| NAND 512Gb | 5.31 | +1.1% |
`,
	title: '存储芯片周报 - 2025年12月15日',
	summary: '周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。',
	fileName: '存储芯片周报 - 2025年12月15日.md',
	fileType: 'markdown',
	plan: '任务：整理上周存储芯片价格，随后写一页周报。先定范围，再收集数据。',
	notes: ['# 范围\n\nDRAM、NAND 现货价，截至周五。', '找到 1 篇。DDR5 16Gb 上涨 4.2%。'],
	steps: [
		['node', '开始'],
		['node', '确定范围'],
		['agent', '执行智能体'],
		['node', '收集价格'],
		['agent', '深度搜索'],
		['tool', '新闻搜索'],
		['tool', '新闻搜索'],
		['node', '撰写周报'],
		['agent', '写作智能体'],
		['node', '结束'],
	],
	lastOffset: 9236,
};
