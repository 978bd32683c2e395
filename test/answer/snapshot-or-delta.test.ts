import { type PieceHint, SnapshotOrDelta } from '../../nodes/shared/answer/snapshot-or-delta';
import { fc } from '../fuzz/seed';

/** The text of these pieces, checked against the updates that were told on the way. */
function textOf(pieces: string[], lastHint?: PieceHint): string {
	const text = new SnapshotOrDelta();
	let shown = '';
	for (const [at, piece] of pieces.entries()) {
		const update = text.take(piece, at === pieces.length - 1 ? lastHint : undefined);
		if (update) shown = 'append' in update ? shown + update.append : update.replace;
		expect(text.toString()).toBe(shown);
	}
	return shown;
}

describe('snapshots: each piece is the whole text so far', () => {
	test.each([
		[['Hello', 'Hello my', 'Hello my friend'], 'Hello my friend'],
		[['Hi', 'Hi you'], 'Hi you'],
		[['你', '你好', '你好，我是', '你好，我是小爱'], '你好，我是小爱'],
		[['2', '20', '2024 was', '2024 was good', '2024 was good indeed'], '2024 was good indeed'],
		[['# ', '# Report', '# Report', '# Report\n\nText'], '# Report\n\nText'],
	])('%j', (pieces, expected) => expect(textOf(pieces)).toBe(expected));

	test('rewritten on the way, and fallen back behind', () => {
		const long = 'The sector rose by 5 percent in the third quarter';
		expect(textOf(['The sector', 'The sector rose', long, `${long} [1]`, long.replace('5', '6')])).toBe(
			long.replace('5', '6'),
		);
		expect(textOf(['The sector', 'The sector rose', long, 'The sector rose'])).toBe(long);
	});

	test('another text begins behind the first', () => {
		expect(textOf(['The first', 'The first answer', 'The first answer.', 'And', 'And more'])).toBe(
			'The first answer.And more',
		);
	});
});

describe('deltas', () => {
	test.each([
		[['ha', 'ha', 'haha']],
		[['1', '10', '00']],
		[['1', '10']],
		[['-', '--', '---']],
		[['| --- ', '| --- | --- |\n']],
		[['no', 'no', ' no']],
		[['哈', '哈哈', '！']],
		[['very ', 'very ', 'good']],
		[['Hello', 'Hello', ' again']],
		[['Hello', 'Hello you', ' there']],
		[['a b', ' c', 'a b c', ' and on']],
		[['say ', 'it ', 'say it ', 'again']],
	])('%j', (pieces) => expect(textOf(pieces)).toBe(pieces.join('')));
});

describe('a text that comes again in the end', () => {
	test.each<[string[], PieceHint | undefined, string]>([
		[['Hi', ' you', 'Hi you'], 'last', 'Hi you'],
		[['Hi', ' you', 'Hi you'], undefined, 'Hi you'],
		[['Hi', ' you', 'Hi you [1]'], 'last', 'Hi you [1]'],
		[['Hi', 'Hi'], 'last', 'Hi'],
		[['Hello', 'Hello'], undefined, 'Hello'],
		[['你', '好', '你好'], 'last', '你好'],
		[['Hi', ' you', 'Hi you'], 'whole', 'Hi you'],
		[['Hi', ' you\n', 'Hi you'], 'whole', 'Hi you\n'],
		[['One. ', 'Two.', 'Two.'], 'whole', 'One. Two.'],
		[['One. ', 'Two.'], 'whole', 'One. Two.'],
		[['One'], 'whole', 'One'],
		[['ha', 'ha'], 'whole', 'ha'],
		[['a', 'b', '!'], 'last', 'ab!'],
		[['no', ' ', 'no'], 'last', 'no no'],
	])('%j, told as %s', (pieces, hint, expected) => expect(textOf(pieces, hint)).toBe(expected));
});

const word = fc.constantFrom(
	'Die',
	'Zahlen',
	'rose',
	'by',
	'5',
	'%',
	'第三',
	'季度',
	'增长',
	'，',
	'\n',
	'|',
	'**',
	'👩‍🔬',
	'x',
);
const text = fc.array(word, { minLength: 4, maxLength: 40 }).map((words) => ['Report:', ...words].join(' '));
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

function cut(whole: string, sizes: number[]): string[] {
	const pieces: string[] = [];
	for (let at = 0; at < whole.length; at += sizes[(pieces.length - 1) % sizes.length]!) {
		pieces.push(whole.slice(at, at + sizes[pieces.length % sizes.length]!));
	}
	return pieces;
}

test('any text: as deltas, as deltas with everything at the end, as snapshots', () => {
	fc.assert(
		fc.property(text, cuts, (whole, sizes) => {
			const deltas = cut(whole, sizes);
			fc.pre(deltas.length > 2);
			expect(textOf(deltas)).toBe(whole);
			for (const hint of ['last', 'whole', undefined] as const) expect(textOf([...deltas, whole], hint)).toBe(whole);
			const snapshots = deltas.map((_, at) => deltas.slice(0, at + 1).join(''));
			expect(textOf(snapshots)).toBe(whole);
		}),
		{ numRuns: 500 },
	);
});

test('a million deltas and a thousand snapshots of a long text take a moment', () => {
	const startedAt = process.cpuUsage().user;
	const deltas = new SnapshotOrDelta();
	for (let at = 0; at < 1_000_000; at++) deltas.take('word ');
	expect(deltas.toString()).toBe('word '.repeat(1_000_000));
	const snapshots = new SnapshotOrDelta();
	const whole = Array.from({ length: 20_000 }, (_, at) => `w${at} `).join('');
	for (let at = 1; at <= 1000; at++) snapshots.take(whole.slice(0, at * 100));
	expect(snapshots.toString()).toBe(whole.slice(0, 100_000));
	expect(process.cpuUsage().user - startedAt).toBeLessThan(4_000_000);
});
