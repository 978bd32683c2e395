import type { ContestantName } from '../contestants/choice';
import type { Result, Sample } from '../measure';
import type { ShapeName } from '../replay/shapes';
import type { Summary } from './statistics';
import { figuresOf, number, table } from './tables';

/** The node's own CPU time, beside that of parsing the same bytes from memory. */
const OWN_TIMES_PARSING = 1.5;
/** CPU and wall time of a large answer, beside those of the floor. */
const TIMES_FLOOR = 1.2;
/** CPU time of an answer in tiny pieces, beside that of n8n, which has to receive them. */
const DRIP_TIMES_N8N = 1.5;
const TAIL_OVER_FLOOR_MS = 10;
const ANSWERS_OVER_FLOOR = 3;
const LIVE_MS = 60;
const TABLES_MS = 1_000;
const LONGEST_WITHOUT_TURN_MS = 50;
const LOADING_MS = 40;

type Figure = (sample: Sample) => number | undefined;
const cpu: Figure = ({ cpuMsPerMb }) => cpuMsPerMb;
const wall: Figure = ({ wallMs }) => wallMs;

const times = (value: number): string => `${number(value)} times`;

/**
 * The targets that this package has set itself, and whether they were met. As far as possible they are ratios within one
 * run, so that they do not depend on the machine.
 *
 * @param loading of the three nodes, if that was measured
 */
export function targetTable(
	results: Result[],
	textBytes: Map<ShapeName, number>,
	loading: Summary | undefined,
): string {
	const rows: string[][] = [];
	const add = (target: string, measured: string, isMet: boolean) =>
		rows.push([target, measured, isMet ? 'met' : '**not met**']);

	/** Judges the figures of several contestants in one shape, where all of them took part. */
	const compare = (
		shape: ShapeName,
		of: Figure,
		contestants: ContestantName[],
		judge: (...figures: Summary[]) => void,
	) => {
		const figures = contestants.flatMap((name) => {
			const result = results.find(
				({ event, contestant }) => event.shape === shape && event.items === 1 && contestant === name,
			);
			return (result && figuresOf(result, of)) ?? [];
		});
		if (figures.length === contestants.length) judge(...figures);
	};

	for (const shape of ['M', 'report'] as const) {
		compare(shape, cpu, ['ours', 'n8n', 'parsing'], (ours, n8n, parsing) => {
			const own = ours!.median - n8n!.median;
			const ratio = own / parsing!.median;
			add(
				`${shape}: own CPU (the node’s less n8n’s alone) at most ${OWN_TIMES_PARSING} times parsing alone`,
				`${times(ratio)}: ${number(own)} of ${number(ours!.median)} ms/MB, parsing ${number(parsing!.median)}`,
				ratio <= OWN_TIMES_PARSING,
			);
		});
	}
	for (const shape of ['L', 'L full'] as const) {
		compare(shape, cpu, ['ours', 'floor'], (ours, floor) => {
			const ratio = ours!.median / floor!.median;
			add(`${shape}: CPU at most ${TIMES_FLOOR} times the floor’s`, times(ratio), ratio <= TIMES_FLOOR);
		});
		compare(shape, wall, ['ours', 'floor'], (ours, floor) => {
			const ratio = ours!.median / floor!.median;
			add(`${shape}: wall time at most ${TIMES_FLOOR} times the floor’s`, times(ratio), ratio <= TIMES_FLOOR);
		});
	}
	compare('4-byte drip', cpu, ['ours', 'n8n'], (ours, n8n) => {
		const ratio = ours!.median / n8n!.median;
		add(`4-byte drip: CPU at most ${DRIP_TIMES_N8N} times n8n’s alone`, times(ratio), ratio <= DRIP_TIMES_N8N);
	});
	compare(
		'M',
		({ tailMs }) => tailMs,
		['ours', 'floor'],
		(ours, floor) => {
			const over = ours!.median - floor!.median;
			const target = `M: tail at most ${TAIL_OVER_FLOOR_MS} ms over the floor’s`;
			add(target, `${number(over)} ms over it`, over <= TAIL_OVER_FLOOR_MS);
		},
	);
	for (const shape of ['L', 'L full'] as const) {
		compare(
			shape,
			({ peakBytes }) => peakBytes,
			['ours', 'floor'],
			(ours, floor) => {
				const over = (ours!.median - floor!.median) / 1_000_000;
				const allowed = (ANSWERS_OVER_FLOOR * (textBytes.get(shape) ?? 0)) / 1_000_000;
				add(
					`${shape}: memory at most ${ANSWERS_OVER_FLOOR} answers (${number(allowed)} MB) over the floor’s`,
					`${number(over)} MB over it`,
					over <= allowed,
				);
			},
		);
	}
	for (const shape of ['paced', 'paced, short'] as const) {
		compare(
			shape,
			({ liveMs }) => liveMs,
			['ours'],
			(live) => {
				const measured = `${number(live!.median)} ms (at most ${number(live!.most)})`;
				add(`first live chunk at most ${LIVE_MS} ms after the first text byte`, measured, live!.most <= LIVE_MS);
			},
		);
	}
	compare('tables', wall, ['ours', 'ours, formats', 'ours, rows'], (plain, formats, inRows) => {
		const spent = formats!.median + inRows!.median - 2 * plain!.median;
		const target = `1 MB of tables: HTML, text, tables and rows in at most ${TABLES_MS / 1_000} s together`;
		add(target, `${number(spent / 1_000)} s`, spent <= TABLES_MS);
	});
	compare(
		'tables',
		({ longestBlockMs }) => longestBlockMs,
		['ours, formats', 'ours, rows'],
		(formats, inRows) => {
			const longest = Math.max(formats!.median, inRows!.median);
			const most = Math.max(formats!.most, inRows!.most);
			add(
				`1 MB of tables: never more than ${LONGEST_WITHOUT_TURN_MS} ms without giving n8n’s process a turn`,
				`${number(longest)} ms (at most ${number(most)})`,
				longest <= LONGEST_WITHOUT_TURN_MS,
			);
		},
	);
	if (loading) {
		const measured = `${number(loading.median)} ms (${number(loading.least)}–${number(loading.most)})`;
		add(`loading the three nodes: at most ${LOADING_MS} ms over n8n-workflow`, measured, loading.median <= LOADING_MS);
	}
	return table(['target', 'measured', 'result'], rows);
}
