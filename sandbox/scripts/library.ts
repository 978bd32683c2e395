import { report } from './report';
import { pieces, ScriptSchema, tokens, type ScriptMaker, type Step } from './script';

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
	{ name: 'empty', example: 'empty', meaning: 'the agent ends without a word', make: () => ({ steps: [] }) },
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
