import {
	AnswerText,
	AnswerTooLarge,
	type Composition,
	LARGEST_ANSWER,
	type TextChange,
} from '../../nodes/shared/answer/answer-text';
import { fc } from '../fuzz/seed';

describe('everything', () => {
	test('blocks in the order in which they began, each in one piece: those written side by side are not shuffled', () => {
		const text = new AnswerText('everything');
		expect(text.append('a', 'Apple ')).toEqual({ appended: 'Apple ' });
		expect(text.append('b', 'Banks ')).toEqual({ appended: 'Banks ' });
		expect(text.append('a', 'rose. ')).toEqual({ rewritten: true });
		expect(text.append('b', 'fell.')).toEqual({ appended: 'fell.' });
		expect(text.toString()).toBe('Apple rose. Banks fell.');
	});

	test('an empty piece is no change', () => {
		const text = new AnswerText('everything');
		expect(text.append('a', '')).toBeUndefined();
		expect(text.toString()).toBe('');
	});

	test('a replacement that only goes on is an addition', () => {
		const text = new AnswerText('everything');
		text.append('a', 'Hel');
		expect(text.replace('a', 'Hello')).toEqual({ appended: 'lo' });
		expect(text.replace('a', 'Hello')).toBeUndefined();
		expect(text.toString()).toBe('Hello');
	});

	test('a replacement takes the place of its block', () => {
		const text = new AnswerText('everything');
		text.append('a', '1');
		text.append('b', '2');
		text.append('a', '3');
		expect(text.replace('a', 'x')).toEqual({ rewritten: true });
		expect(text.toString()).toBe('x2');
		text.append('a', '4');
		expect(text.toString()).toBe('x42');
		expect(text.replace('a', '')).toEqual({ rewritten: true });
		expect(text.toString()).toBe('2');
	});

	test('a block that is removed is gone, and may come back at the end', () => {
		const text = new AnswerText('everything');
		text.append('a', '1');
		text.append('b', '2');
		expect(text.remove('a')).toEqual({ rewritten: true });
		expect(text.remove('a')).toBeUndefined();
		expect(text.remove('never')).toBeUndefined();
		expect(text.append('a', '3')).toEqual({ appended: '3' });
		expect(text.toString()).toBe('23');
	});

	test('more pieces than are joined at once', () => {
		const text = new AnswerText('everything');
		const pieces = Array.from({ length: 2000 }, (_each, at) => `${at},`);
		for (const piece of pieces) text.append('a', piece);
		expect(text.toString()).toBe(pieces.join(''));
	});
});

describe('the last block', () => {
	test('of equal rank: the one that began last, even when an earlier one goes on', () => {
		const text = new AnswerText('lastBlock');
		expect(text.append('a', 'draft')).toEqual({ appended: 'draft' });
		expect(text.append('b', 'final')).toEqual({ begun: 'final' });
		expect(text.append('a', ' more')).toBeUndefined();
		expect(text.append('b', ' text')).toEqual({ appended: ' text' });
		expect(text.toString()).toBe('final text');
	});

	test('a higher rank goes before a later beginning', () => {
		const text = new AnswerText('lastBlock');
		text.append('answer', 'final', 2);
		expect(text.append('note', 'thinking', 1)).toBeUndefined();
		expect(text.replace('note', 'other', 1)).toBeUndefined();
		expect(text.remove('note')).toBeUndefined();
		expect(text.toString()).toBe('final');
	});

	test('a rank can rise, and does not fall', () => {
		const text = new AnswerText('lastBlock');
		text.append('a', 'A', 0);
		text.append('b', 'B', 1);
		expect(text.append('a', 'A', 2)).toEqual({ rewritten: true });
		expect(text.toString()).toBe('AA');
		text.append('a', 'A', 0);
		expect(text.toString()).toBe('AAA');
	});

	test('when it is removed, the one before it is the answer again', () => {
		const text = new AnswerText('lastBlock');
		text.append('a', 'A');
		text.append('b', 'B');
		expect(text.remove('b')).toEqual({ rewritten: true });
		expect(text.toString()).toBe('A');
		expect(text.remove('a')).toEqual({ removed: true });
		expect(text.toString()).toBe('');
	});
});

/** What the text is, by the words of the documentation: a model, slow and plain. */
class Model {
	/** In the order in which they began. */
	private readonly blocks = new Map<string, string>();
	private readonly ranks = new Map<string, number>();

	append(block: string, piece: string, rank: number): void {
		if (piece !== '') this.set(block, this.textOf(block) + piece, rank);
	}

	replace(block: string, text: string, rank: number): void {
		if (this.textOf(block) !== text) this.set(block, text, rank);
	}

	remove(block: string): void {
		this.blocks.delete(block);
		this.ranks.delete(block);
	}

	text(composition: Composition): string {
		if (composition === 'everything') return [...this.blocks.values()].join('');
		let shown: string | undefined;
		for (const [block, rank] of this.ranks) {
			if (shown === undefined || rank >= this.ranks.get(shown)!) shown = block;
		}
		return shown === undefined ? '' : this.textOf(shown);
	}

	private set(block: string, text: string, rank: number): void {
		this.blocks.set(block, text);
		this.ranks.set(block, Math.max(rank, this.ranks.get(block) ?? rank));
	}

	private textOf(block: string): string {
		return this.blocks.get(block) ?? '';
	}
}

const operation = fc.record({
	kind: fc.constantFrom('append', 'append', 'append', 'replace', 'replace', 'goOn', 'remove'),
	block: fc.constantFrom('a', 'b', 'c'),
	piece: fc.constantFrom('', 'x', 'xy', 'y', 'xyz', '你'),
	rank: fc.nat({ max: 2 }),
});

describe.each(['everything', 'lastBlock'] as const)('%s: any changes in any order', (composition) => {
	test('make the text that the model says, and the live text is told enough to show it', () => {
		fc.assert(
			fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
				const text = new AnswerText(composition);
				const model = new Model();
				const whole = new Map<string, string>();
				let shown = '';
				let isOnHold = false;
				let isOver = false;
				for (const { kind, block, piece, rank } of operations) {
					let change: TextChange;
					if (kind === 'append') {
						change = text.append(block, piece, rank);
						model.append(block, piece, rank);
						whole.set(block, (whole.get(block) ?? '') + piece);
					} else if (kind === 'remove') {
						change = text.remove(block);
						model.remove(block);
						whole.delete(block);
					} else {
						const target = kind === 'goOn' ? (whole.get(block) ?? '') + piece : piece;
						change = text.replace(block, target, rank);
						model.replace(block, target, rank);
						whole.set(block, target);
					}
					if (change && 'appended' in change) shown = (isOver ? '' : shown) + change.appended;
					if (change) isOver = 'removed' in change;
					if (isOver) shown = '';
					else if (change && !('appended' in change)) isOnHold = true;
					expect(text.toString()).toBe(model.text(composition));
					if (!isOnHold) expect(shown).toBe(text.toString());
				}
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('the size of an answer', () => {
	const million = 'x'.repeat(1024 * 1024);

	test.each<Composition>(['everything', 'lastBlock'])(
		'ends at 64 M characters, and what was there stays (%s)',
		(composition) => {
			const answer = new AnswerText(composition);
			for (let at = 0; at < 64; at++) answer.append('a', million);
			expect(() => answer.append('a', 'y')).toThrow(AnswerTooLarge);
			expect(() => answer.replace('a', `${answer.toString()}y`)).toThrow(AnswerTooLarge);
			expect(answer.toString()).toHaveLength(LARGEST_ANSWER);
		},
	);

	test('what was taken out or replaced does not count', () => {
		const answer = new AnswerText('everything');
		for (let at = 0; at < 200; at++) {
			answer.append(`${at}`, million);
			if (at % 2) answer.remove(`${at}`);
			else answer.replace(`${at}`, 'short');
		}
		expect(answer.toString()).toBe('short'.repeat(100));
	});
});
