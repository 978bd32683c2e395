import type { ContestantName } from '../contestants/choice';
import type { Result, Sample } from '../measure';
import type { Event } from '../plan';
import { SHAPES } from '../replay/shapes';
import { summaryOf, type Summary } from './statistics';

export const CONTESTANTS: Record<ContestantName, string> = {
	ours: 'Reportify node',
	'ours, not waiting': 'Reportify node, Wait for Answer off',
	'ours, collecting': 'Reportify node, Collect',
	'ours, formats': 'Reportify node, as HTML, text and tables too',
	'ours, rows': 'Reportify node, Output: Table Rows',
	split: 'HTTP Request → Code, usual split',
	parser: 'HTTP Request → Code, correct parser',
	n8n: 'n8n alone (body thrown away)',
	floor: 'floor (no n8n)',
	parsing: 'parsing alone (from memory)',
};

/** The column of a figure: `median (least–most)`. */
const COLUMNS: Array<{ title: string; of: (sample: Sample) => number | undefined }> = [
	{ title: 'tail, ms', of: ({ tailMs }) => tailMs },
	{ title: 'wall, ms', of: ({ wallMs }) => wallMs },
	{ title: 'CPU, ms/MB', of: ({ cpuMsPerMb }) => cpuMsPerMb },
	{ title: 'peak memory, MB', of: ({ peakBytes }) => peakBytes && peakBytes / 1_000_000 },
	{ title: 'execution data, KB', of: ({ executionBytes }) => executionBytes && executionBytes / 1_000 },
	{ title: 'longest without a turn, ms', of: ({ longestBlockMs }) => longestBlockMs },
];

/** A Markdown table. */
export function table(heads: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	return [line(heads), line(heads.map((_, index) => (index < 2 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** 3 digits that matter. */
export function number(value: number): string {
	const size = Math.abs(value);
	const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
	return value.toFixed(digits);
}

/** `median (least–most)`, as short as it can be. */
export function cell(summary: Summary | undefined): string {
	if (!summary) return '–';
	const { median, least, most, count } = summary;
	return count === 1 || number(least) === number(most)
		? number(median)
		: `${number(median)} (${number(least)}–${number(most)})`;
}

export const figuresOf = ({ samples }: Result, of: (sample: Sample) => number | undefined): Summary | undefined =>
	summaryOf(samples.map(of).filter((value) => value !== undefined));

export const eventName = ({ shape, items }: Event): string => (items === 1 ? shape : `${shape} × ${items} items`);

export function resultTable(results: Result[]): string {
	const rows = results.map((result, index) => {
		const isFirst = results[index - 1]?.event !== result.event;
		const start = [isFirst ? `**${eventName(result.event)}**` : '', CONTESTANTS[result.contestant]];
		return [...start, verdict(result), ...COLUMNS.map(({ of }) => cell(figuresOf(result, of)))];
	});
	return table(['shape', 'contestant', 'text', ...COLUMNS.map(({ title }) => title)], rows);
}

function verdict({ contestant, samples, wrong, failures }: Result): string {
	if (failures.length > 0) return `failed: ${failures[0]}`;
	if (wrong > 0) return samples.length === 0 ? '**wrong**' : `**wrong** in ${wrong} of ${wrong + samples.length} runs`;
	return contestant === 'n8n' || contestant === 'ours, rows' ? 'not read' : 'exact';
}

export function shapeTable(events: Event[]): string {
	const names = [...new Set(events.map(({ shape }) => shape))];
	return table(
		['shape', 'what it is'],
		names.map((name) => [name, SHAPES[name].meaning]),
	);
}
