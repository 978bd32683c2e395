import { exactJson, type JsonObject } from '../exact-json';

/** A node of the workflow and the agent that works in it. */
export interface Voice {
	readonly nodeId: string;
	readonly nodeName: string;
	readonly nodeType: 'start' | 'agent' | 'end';
	readonly agentId: string;
	readonly agentName?: string;
	readonly agentType?: string;
}

export const PLANNER: Voice = { nodeId: 'start', nodeName: '开始', nodeType: 'start', agentId: 'workflow_planner' };
export const SUMMARIZER: Voice = { nodeId: 'end', nodeName: '结束', nodeType: 'end', agentId: 'workflow_summarizer' };

const WRITER: Voice = {
	nodeId: 'write_report',
	nodeName: '撰写报告',
	nodeType: 'agent',
	agentId: 'agent_writer',
	agentName: '写作智能体',
	agentType: 'writer_agent',
};

/** The agent that writes a document, in the node of that id. */
export function writerIn(nodeId = WRITER.nodeId): Voice {
	return { ...WRITER, nodeId };
}

/** What a working agent does before the report is written: says something, or calls tools that run at the same time. */
export type Work = { readonly note: readonly string[] } | { readonly tools: readonly ToolCall[] };

interface ToolCall {
	readonly id: string;
	readonly name: string;
	readonly input: JsonObject;
	readonly output: JsonObject;
}

/** An agent's part of the research. */
export interface Research extends Voice {
	readonly work: readonly Work[];
	/** A file that the node names, as the documented first node does. */
	readonly file?: string;
}

function found(...docs: Array<{ doc_id: string; title: string; category: string }>): JsonObject {
	const listed = docs.map((doc) => ({ ...doc, summary: '…', published_at: 1765757942000 }));
	return { docs: listed, total_count: listed.length, took_ms: 305, chunks: [] };
}

/** The plan: thinking, never the answer. */
export const PLAN: readonly string[] = ['任务：整理数据，', '随后写一份报告。', 'First the scope, then the research.'];

/** The first working node. */
export const SCOPE: Research = {
	nodeId: 'define_scope',
	nodeName: '确定范围',
	nodeType: 'agent',
	agentId: 'agent_action',
	agentName: '执行智能体',
	agentType: 'action_agent',
	work: [{ note: ['# 范围 Scope\n\n', '新闻与公告，', 'until Friday.'] }],
	file: '范围.md',
};

/** Nodes that work at the same time, so that their events are interleaved. */
export const PARALLEL: readonly Research[] = [
	{
		nodeId: 'collect_news',
		nodeName: '收集新闻',
		nodeType: 'agent',
		agentId: 'agent_deep_search',
		agentName: '深度搜索',
		agentType: 'search_agent',
		work: [
			{
				tools: [
					{
						id: 'tool_news_search',
						name: '新闻搜索',
						input: {
							query: 'DRAM 现货价',
							symbols: ['US:MU'],
							start_datetime: '2025-12-08T00:00:00',
							end_datetime: '2025-12-15T00:00:00',
							num: 15,
							filetype: 'json',
						},
						output: found({ doc_id: '1197862772277383168', title: 'DRAM 周报', category: 'news' }),
					},
					{ id: 'tool_news_search', name: '新闻搜索', input: { query: 'NAND 现货价', num: 15 }, output: found() },
				],
			},
			{ note: ['找到 1 篇：', 'DDR5 16Gb ', '上涨 4.2%。'] },
		],
	},
	{
		nodeId: 'read_filings',
		nodeName: '阅读公告',
		nodeType: 'agent',
		agentId: 'agent_reader',
		agentName: '公告阅读',
		agentType: 'reader_agent',
		work: [
			{ note: ['I look at ', 'the filings ', 'first. '] },
			{
				tools: [
					{
						id: 'tool_filing_search',
						name: '公告搜索',
						input: { query: '10-Q', num: 5 },
						output: found(
							{ doc_id: '1197862772277383171', title: 'Form 10-Q «2025-10-26»', category: 'filings' },
							{ doc_id: '1197862772277383173', title: '业绩公告', category: 'filings' },
						),
					},
				],
			},
			{ note: ['两份公告', ' confirm the ', 'figures.'] },
		],
	},
];

/** What `tool_end.output` carries: JSON text in `content`. */
export function toolOutput(output: unknown): JsonObject {
	return { content: exactJson(output) };
}

/** Everything said besides the answer and the summary: none of it may ever become the answer. */
export function sideTexts(): string[] {
	const notes = [SCOPE, ...PARALLEL].flatMap(({ work }) =>
		work.flatMap((part) => ('note' in part ? [part.note.join('')] : [])),
	);
	return [PLAN.join(''), ...notes];
}
