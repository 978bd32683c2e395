import { LeadingThoughts } from '../../nodes/shared/answer/leading-thoughts';
import { fc } from '../fuzz/seed';

function sorted(pieces: string[]) {
	const thoughts = new LeadingThoughts();
	const all = [...pieces.map((piece) => thoughts.take(piece))];
	const { isThinking } = thoughts;
	all.push(thoughts.end());
	return {
		text: all.map(({ text }) => text).join(''),
		thought: all.map(({ thought }) => thought).join(''),
		isThinking,
	};
}

const CASES: Array<[string, string, string, string]> = [
	['a thought', '<think>Hm.\n</think>\n\n# Answer', '# Answer', 'Hm.\n'],
	['white space in front', '\n <think>Hm</think>A', 'A', 'Hm'],
	['an empty one', '<think>\n\n</think>\n\nA', 'A', '\n\n'],
	['in capitals', '<THINK>Hm</Think> A', 'A', 'Hm'],
	['by other names', '<thinking>a <think> b</thinking>A', 'A', 'a <think> b'],
	['two of them', '<think>1</think>\n<think>2</think>\nA', 'A', '12'],
	[
		'folded up',
		'<details style="color:gray;" open> <summary> Thinking... </summary>\nHm\n</details>\n\nA',
		'A',
		'\nHm\n',
	],
	['none', ' \n# Answer\n', ' \n# Answer\n', ''],
	['with attributes', '<think time="3">Hm</think>A', 'A', 'Hm'],
	['ended by the other name', '<think>Hm</thinking>A', 'A', 'Hm'],
	['of Kimi', '◁think▷Hm◁/think▷A', 'A', 'Hm'],
	['of Magistral', '[THINK]Hm[/THINK]A', 'A', 'Hm'],
	['of OpenThinker', '<|begin_of_thought|>Hm<|end_of_thought|>\nA', 'A', 'Hm'],
	['of Seed', '<seed:think>Hm</seed:think>A', 'A', 'Hm'],
	['escaped', '&lt;think&gt;Hm&lt;/think&gt;\n\nA', 'A', 'Hm'],
	['folded up by Open WebUI', '<details type="reasoning">\n<summary>Thought for 3 s</summary>Hm</details>A', 'A', 'Hm'],
	['none, but a bracket', '[Thinking of tanks]', '[Thinking of tanks]', ''],
	['none, but an entity', '&lt;b&gt;', '&lt;b&gt;', ''],
	['none, but a tag', '<table><tr>', '<table><tr>', ''],
	['none, but a tag that begins alike', '<thinker>A</thinker>', '<thinker>A</thinker>', ''],
	['other details', '<details><summary>Table</summary>x</details>', '<details><summary>Table</summary>x</details>', ''],
	['a mark further behind', 'Use <think>a</think>.', 'Use <think>a</think>.', ''],
	['a sign', '<', '<', ''],
	['white space only', ' \n', ' \n', ''],
];

test.each(CASES)('%s, in every cut', (_title, whole, text, thought) => {
	expect(sorted([whole])).toEqual({ text, thought, isThinking: false });
	expect(sorted(Array.from(whole))).toEqual({ text, thought, isThinking: false });
	for (let at = 1; at < whole.length; at++) {
		expect(sorted([whole.slice(0, at), whole.slice(at)])).toEqual({ text, thought, isThinking: false });
	}
});

test('an open thought is no answer', () => {
	expect(sorted(['<think>Hm', ', let me'])).toEqual({ text: '', thought: 'Hm, let me', isThinking: true });
	expect(sorted(['<think>Hm</thi'])).toEqual({ text: '', thought: 'Hm</thi', isThinking: true });
});

test('an answer is passed on at once', () => {
	const thoughts = new LeadingThoughts();
	expect(thoughts.take('H')).toEqual({ text: 'H', thought: '' });
	expect(thoughts.take('<think>')).toEqual({ text: '<think>', thought: '' });
});

test('any pieces: the same as in one piece, and nothing is lost of a text without marks', () => {
	const unit = fc.constantFrom(
		'<think>',
		'</think>',
		'<',
		'think',
		'>',
		'<details open>',
		'<summary>',
		'Thinking',
		'</details>',
		' ',
		'\n',
		'a',
		'你',
	);
	fc.assert(
		fc.property(fc.array(unit, { maxLength: 20 }), (pieces) => {
			const whole = pieces.join('');
			expect(sorted(pieces)).toEqual(sorted([whole]));
			expect(sorted(Array.from(whole))).toEqual(sorted([whole]));
			if (!/^\s*<(?:think|details)/i.test(whole)) expect(sorted(pieces).text).toBe(whole);
		}),
		{ numRuns: 1000 },
	);
});
