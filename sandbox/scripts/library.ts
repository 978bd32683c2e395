import { DOCUMENTED_RUN, recordedRun } from './recorded-run';
import { report } from './report';
import {
	pieces,
	ScriptSchema,
	tokens,
	type ReportifyTelling,
	type Script,
	type ScriptMaker,
	type Step,
} from './script';

/** A script people can name in `[script: …]`. */
export interface NamedScript {
	readonly name: string;
	/** Shown in the README and at `GET /__sandbox`. */
	readonly example: string;
	readonly meaning: string;
	readonly make: ScriptMaker;
}

const toSteps = (parts: readonly string[]): Step[] => parts.map((text) => ({ text }));

/** Text of exactly `bytes` UTF-8 bytes: Markdown paragraphs with Chinese, accents and emoji, no line of which repeats. */
export function longText(bytes: number): string {
	const parts: string[] = [];
	let size = 0;
	for (let line = 1; size < bytes; line++) {
		const heading = line % 50 === 1 ? `## 第 ${line} 节 Section ${line}\n\n` : '';
		const part = `${heading}${line}. 数据中心 data center «·École» 🚀 收入 ${(line * 7919) % 100003} 百万美元。\n\n`;
		size += Buffer.byteLength(part);
		parts.push(part);
	}
	let text = parts.join('');
	while (size > bytes) {
		const lastCodePoint = [...text.slice(-2)].at(-1) ?? '';
		text = text.slice(0, -lastCodePoint.length);
		size -= Buffer.byteLength(lastCodePoint);
	}
	return text + '.'.repeat(bytes - size);
}

function sizeInBytes(args: string): number {
	const [, digits = '1', unit = 'mb'] = /^(\d+(?:\.\d+)?)\s*(b|kb|mb)?/i.exec(args.trim()) ?? [];
	const factor = { b: 1, kb: 1024, mb: 1024 * 1024 }[unit.toLowerCase()] ?? 1;
	return Math.min(Math.round(Number(digits) * factor), 256 * 1024 * 1024);
}

/** The same script, played by Reportify in another way. */
function toldAs(script: Script, telling: ReportifyTelling): Script {
	return { ...script, reportify: { ...script.reportify, ...telling } };
}

const HTML_REPORT = `<!doctype html>
<html><head><title>Market week</title><style>td { color: red }</style></head>
<body><h1>Market week 市场周报</h1><p>DDR5 <b>+4.2%</b> &amp; NAND +1.1%</p>
<table><tr><th>品种</th><th>US$</th></tr><tr><td>DDR5 16Gb</td><td>9.87</td></tr></table>
<script>alert(1)</script></body></html>
`;

const TWO_REPORTS = [
	{
		node: 'write_prices',
		title: '价格 Prices',
		content: '# 价格 Prices\n\nDDR5 16Gb: **9.87** US$\n',
		filename: '价格.md',
	},
	{ node: 'write_outlook', title: '展望 Outlook', content: 'Prices will rise, 预计上涨。\n', filename: '展望.md' },
];

function jsonList(args: string, of: string): unknown[] {
	const list: unknown = JSON.parse(args);
	if (!Array.isArray(list)) throw new Error(`[script: ${of} …] needs a JSON list, for example ["a","b"]`);
	return list;
}

/** The scripts that come with the sandbox. */
export const NAMED_SCRIPTS: readonly NamedScript[] = [
	{
		name: 'report',
		example: 'report',
		meaning: 'a research report with tools, tables, sources, a file (default)',
		make: report,
	},
	{
		name: 'short',
		example: 'short',
		meaning: 'one short sentence in three pieces',
		make: () => ({ steps: toSteps(['Hello from the sandbox', ' — 你好', ' 👋']) }),
	},
	{
		name: 'echo',
		example: 'echo',
		meaning: 'your own message comes back as the answer',
		make: (_, message) => ({ steps: toSteps(tokens(message)) }),
	},
	{
		name: 'long',
		example: 'long 5MB',
		meaning: 'an answer of exactly this size (B, KB, MB); "pieces 64" after it sets the piece length',
		make: (args) => {
			const length = Number(/pieces\s+(\d+)/i.exec(args)?.[1] ?? 1024);
			return { steps: toSteps(pieces(longText(sizeInBytes(args)), length)) };
		},
	},
	{
		name: 'tokens',
		example: 'tokens 2000',
		meaning: 'an answer of this many small pieces',
		make: (args) => {
			const count = Math.min(parseInt(args, 10) || 100, 1_000_000);
			return { steps: Array.from({ length: count }, (_, i) => ({ text: i % 10 === 9 ? `字${i}\n` : `w${i} ` })) };
		},
	},
	{
		name: 'pieces',
		example: 'pieces ["a","b"]',
		meaning: 'exactly these pieces',
		make: (args) => ({ steps: toSteps(jsonList(args, 'pieces').map(String)) }),
	},
	{
		name: 'unicode',
		example: 'unicode',
		meaning: 'emoji with joiners, accents, «·École·», right-to-left text, rare characters',
		make: () => ({
			steps: toSteps(['«·École', '·École» ', '👩‍👩‍👧‍👦', '🇨🇳🇫🇷 ', '𠮷野家 ', 'e\u0301 ', 'العربية ', '\u2028 \t|\n']),
		}),
	},
	{
		name: 'thinking',
		example: 'thinking',
		meaning: 'two text blocks: a planner thinks aloud, then the writer answers',
		make: () => ({
			steps: [
				{ block: 'planner' },
				...toSteps(['先查资料。', 'First I look ', 'things up.\n\n']),
				{ block: 'writer' },
				...toSteps(['The answer ', 'is 42.']),
			],
		}),
	},
	{
		name: 'nested',
		example: 'nested',
		meaning: 'a workflow inside the workflow: its end is not the end of the answer',
		make: () => ({
			steps: [
				{ text: 'Outer before. ' },
				{
					workflow: 'sub-research',
					steps: [{ tool: 'lookup', input: { q: 'x' }, output: { ok: true } }, { text: 'Inner. ' }],
				},
				{ text: 'Outer after.' },
			],
		}),
	},
	{
		name: 'unstreamed',
		example: 'unstreamed',
		meaning: 'nothing is streamed; the text stands in the final event only (where the provider has such)',
		make: () => ({ streamed: false, steps: toSteps(['Delivered ', 'in the last event only.']) }),
	},
	{
		name: 'empty',
		example: 'empty',
		meaning: 'the agent ends without a word',
		make: () => ({ steps: [], reportify: { form: 'single agent' } }),
	},
	{
		name: 'tool-error',
		example: 'tool-error',
		meaning: 'a tool fails, the agent answers all the same',
		make: () => ({
			steps: [
				{ tool: 'get_quote', input: { symbol: 'US:NVDA' }, error: 'upstream timeout' },
				...toSteps(['I could not get ', 'the quote.']),
			],
		}),
	},
	{
		name: 'fail',
		example: 'fail Out of credits',
		meaning: 'two pieces, then the agent fails with this message',
		make: (args) => ({
			steps: [...toSteps(['Partial ', 'answer ']), { fail: args.trim() || 'The agent failed (sandbox).' }],
		}),
	},
	{
		name: 'hold',
		example: 'hold gate-1 after 2',
		meaning: 'four pieces; after so many the agent waits until the gate is released (or the answer is cancelled)',
		make: (args) => {
			const [gate = 'hold', after = '2'] = args.split(/\s+after\s+/i).map((part) => part.trim());
			const steps: Step[] = toSteps(['one ', 'two ', 'three ', 'four']);
			steps.splice(Number(after), 0, { hold: gate || 'hold' });
			return { steps };
		},
	},
	{
		name: 'slow',
		example: 'slow 2000 ms',
		meaning: 'four pieces with this pause before each',
		make: (args) => {
			const waitMs = parseInt(args, 10) || 1000;
			return { steps: ['one ', 'two ', 'three ', 'four'].flatMap((text): Step[] => [{ waitMs }, { text }]) };
		},
	},
	{
		name: 'single agent',
		example: 'single agent',
		meaning: 'Reportify: one agent that speaks, and no result besides; another script may follow: "single agent echo"',
		make: (args, _, other) => toldAs(other(args || 'report'), { form: 'single agent' }),
	},
	{
		name: 'workflow',
		example: 'workflow echo',
		meaning: 'Reportify: told as the documented workflow of several agents (the default)',
		make: (args, _, other) => toldAs(other(args || 'report'), { form: 'workflow' }),
	},
	{
		name: 'documented run',
		example: 'documented run',
		meaning: 'Reportify: the run of its documentation, byte for byte as in docs/apis/reportify-run.ndjson',
		make: () => recordedRun(DOCUMENTED_RUN),
	},
	{
		name: 'several outputs',
		example: 'several outputs',
		meaning: 'Reportify: the run results in two documents',
		make: () => ({
			steps: toSteps(TWO_REPORTS.map(({ content }) => content)),
			reportify: { form: 'workflow', results: TWO_REPORTS },
		}),
	},
	{
		name: 'html report',
		example: 'html report',
		meaning: 'Reportify: the result is an HTML page',
		make: () => ({
			steps: toSteps(tokens(HTML_REPORT)),
			reportify: {
				form: 'workflow',
				results: [{ content: HTML_REPORT, title: 'Market week', filetype: 'html', filename: 'market-week.html' }],
			},
		}),
	},
	{
		name: 'empty output',
		example: 'empty output',
		meaning: 'Reportify: the output of the run is empty; the end node still says something',
		make: () => ({ steps: toSteps(['Only ', 'notes.']), reportify: { form: 'workflow', results: [] } }),
	},
	{
		name: 'agents only',
		example: 'agents only',
		meaning: 'Reportify: the output of the run is empty and the end node says nothing; the last agent has the text',
		make: () => ({
			steps: toSteps(['The last agent ', 'wrote this.']),
			reportify: { form: 'workflow', results: [], summary: '' },
		}),
	},
	{
		name: 'end error',
		example: 'end error Out of credits',
		meaning: 'Reportify: the last event of the run carries an error besides its output',
		make: (args) => ({
			steps: toSteps(['Half a ', 'report.']),
			reportify: { form: 'workflow', endError: args.trim() || 'The agent failed (sandbox).' },
		}),
	},
	{
		name: 'inner error',
		example: 'inner error upstream timeout',
		meaning: 'Reportify: an agent inside the run fails, the run goes on to its end',
		make: (args) => {
			const error = { code: 'agent_error', message: args.trim() || 'upstream timeout' };
			const raw = { event_type: 'error', run_id: 'inner-1', agent_id: 'agent_helper', content: error.message, error };
			return { steps: [{ raw }, ...toSteps(['Done ', 'all the same.'])] };
		},
	},
	{
		name: 'inner cancel',
		example: 'inner cancel',
		meaning: 'Reportify: an agent inside the run is cancelled, the run goes on to its end',
		make: () => ({
			steps: [
				{ raw: { event_type: 'cancel', run_id: 'inner-1', agent_id: 'agent_helper' } },
				...toSteps(['Done ', 'all the same.']),
			],
		}),
	},
	{
		name: 'cancelled',
		example: 'cancelled',
		meaning: 'Reportify: two pieces, then the run is cancelled from elsewhere, for example on its web page',
		make: () => ({ steps: [...toSteps(['Partial ', 'answer ']), { raw: { event_type: 'cancel' } }] }),
	},
	{
		name: 'events',
		example: 'events [{"event_type":"init"}]',
		meaning: 'exactly these events of the provider and nothing else',
		make: (args) => ({
			bare: true,
			steps: jsonList(args, 'events').map((raw) => ({ raw: raw as Record<string, unknown> | string })),
		}),
	},
	{
		name: 'steps',
		example: 'steps [{"text":"a"},{"tool":"t","input":{}},{"waitMs":500}]',
		meaning: 'a script written out step by step',
		make: (args) => ScriptSchema.parse({ steps: jsonList(args, 'steps') }),
	},
];
