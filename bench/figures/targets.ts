import type { ContestantName } from '../contestants/choice';
import type { Result, Sample } from '../measure';
import type { ShapeName } from '../replay/shapes';
import type { Summary } from './statistics';
import { figuresOf, number, table } from './tables';

const TAIL_OVER_FLOOR_MS = 10;
const CPU_TIMES_FLOOR = 2;
const ANSWERS_OVER_FLOOR = 3;
const LIVE_MS = 60;

/** The targets that this package has set itself, and whether they were met. */
export function targetTable(results: Result[], textBytes: Map<ShapeName, number>): string {
	const find = (shape: ShapeName, contestant: ContestantName, of: (sample: Sample) => number | undefined) => {
		const result = results.find(
			({ event, contestant: name }) => event.shape === shape && event.items === 1 && name === contestant,
		);
		return result && figuresOf(result, of);
	};
	const rows: string[][] = [];
	const add = (target: string, measured: string, isMet: boolean) =>
		rows.push([target, measured, isMet ? 'met' : '**not met**']);
	const compare = (
		shape: ShapeName,
		of: (sample: Sample) => number | undefined,
		judge: (ours: Summary, floor: Summary) => void,
	) => {
		const ours = find(shape, 'ours', of);
		const floor = find(shape, 'floor', of);
		if (ours && floor) judge(ours, floor);
	};

	compare(
		'M',
		({ tailMs }) => tailMs,
		(ours, floor) => {
			const over = ours.median - floor.median;
			add(
				`M: tail at most ${TAIL_OVER_FLOOR_MS} ms over the floor`,
				`${number(over)} ms over it`,
				over <= TAIL_OVER_FLOOR_MS,
			);
		},
	);
	for (const shape of ['L', 'L full'] as const) {
		compare(
			shape,
			({ cpuMsPerMb }) => cpuMsPerMb,
			(ours, floor) => {
				const times = ours.median / floor.median;
				add(
					`${shape}: CPU at most ${CPU_TIMES_FLOOR} times the floor`,
					`${number(times)} times`,
					times <= CPU_TIMES_FLOOR,
				);
			},
		);
		compare(
			shape,
			({ peakBytes }) => peakBytes,
			(ours, floor) => {
				const over = (ours.median - floor.median) / 1_000_000;
				const allowed = (ANSWERS_OVER_FLOOR * (textBytes.get(shape) ?? 0)) / 1_000_000;
				add(
					`${shape}: memory at most ${ANSWERS_OVER_FLOOR} answers (${number(allowed)} MB) over the floor`,
					`${number(over)} MB over it`,
					over <= allowed,
				);
			},
		);
	}
	for (const shape of ['paced', 'paced, short'] as const) {
		const live = find(shape, 'ours', ({ liveMs }) => liveMs);
		if (live) {
			const measured = `${number(live.median)} ms (at most ${number(live.most)})`;
			add(`first live chunk at most ${LIVE_MS} ms after the first text byte`, measured, live.most <= LIVE_MS);
		}
	}
	return table(['target', 'measured', 'result'], rows);
}
