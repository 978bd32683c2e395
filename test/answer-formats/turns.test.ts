import * as fc from 'fast-check';
import {
	answerHtml,
	answerPlainText,
	answerTables,
	inTurns,
	parseAnswer,
	readAnswer,
	writeHtml,
} from '../../nodes/shared/answer-formats';
import { sectionsOf } from '../../nodes/shared/answer-formats/sections';
import { seed } from './seed';

const paragraph = `${'words '.repeat(400)}\n\n`;

it('is the same answer, read at once or in turns', async () => {
	const markdown = `# a\n\n${paragraph}| a | b |\n|---|---|\n${'| 1 | [2](https://b.c) |\n'.repeat(2_000)}`.repeat(3);
	let pauses = 0;
	const pause = async (): Promise<void> => {
		pauses += 1;
	};
	const document = await inTurns(readAnswer(markdown), pause);
	expect(document).toEqual(parseAnswer(markdown));
	expect(await inTurns(writeHtml(document), pause)).toBe(answerHtml(markdown));
	expect(pauses).toBeGreaterThan(0);
});

it.each([
	['a fence', `\`\`\`\n${paragraph.repeat(15)}\n\n# no heading\n\n${paragraph.repeat(15)}\n\`\`\`\n\n# a`],
	['a fence in a list', `- b\n\n  ~~~ js\n  ${'x'.repeat(40_000)}\n\n# a\n\n${paragraph}`],
	[
		'a report in a fence',
		`\`\`\`markdown\n# a\n\n${paragraph.repeat(15)}\n\n# b\n\n\`\`\`js\nc\n\`\`\`\n\n${paragraph.repeat(15)}\n\n# d\n\n\`\`\`\n\ne`,
	],
	[
		'a table in HTML',
		`<table><tr><td>${paragraph.repeat(15)}\n\n# a\n\n</td><td>b</td></tr></table>\n\n${paragraph.repeat(15)}\n\n# c`,
	],
	['definitions at the end', `[a] [^b]\n\n${paragraph.repeat(15)}\n\n# c\n\n[a]: https://d.e\n\n[^b]: f`],
	['a list before a heading', `- a\n${'- b\n'.repeat(10_000)}\n\n# c\n\n- d`],
	['no headings', paragraph.repeat(40)],
])('does not depend on where a long text is divided: %s', (_, markdown) => {
	expect(sectionsOf(markdown).join('')).toBe(markdown);
	// With a line before each heading there is no place to divide at.
	const undivided = answerPlainText(markdown.replace(/\n\n(?=#)/g, '\nLINE\n')).replace(/\s*LINE\s*/g, '\n\n');
	expect(answerPlainText(markdown).replace(/\s+/g, ' ')).toBe(undivided.replace(/\s+/g, ' '));
});

it('does not change what random texts say', () => {
	const block = fc.constantFrom(
		'# h',
		'## h\n\ntext',
		'- a\n\n  b',
		'> q',
		'| a |\n|---|\n| 1 |',
		'```\n# c\n\n# d\n```',
		'~~~',
		'```md\n# e\n```',
		'text',
		'    code',
		'1. x\n\n   # y',
		'<table>',
		'</table>',
		'$$\na\n$$',
		'[a]: https://b.c',
		'[^n]: note\n\n    # in',
	);
	fc.assert(
		fc.property(fc.array(block, { maxLength: 12 }), fc.array(block, { maxLength: 12 }), (before, after) => {
			const filler = `\n\n${'words '.repeat(6_000)}`;
			const text = (between: string): string => [...before, between, '# heading', ...after].join('\n\n');
			const divided = answerPlainText(text(filler.trim()));
			const short = answerPlainText(text('FILLER'));
			const words = (written: string): string => written.replace(/(?:words\s*){100,}/, 'FILLER ').replace(/\s+/g, ' ');
			expect(words(divided)).toBe(words(short));
			expect(answerTables(text('FILLER')).length).toBe(answerTables(text(filler.trim())).length);
		}),
		{ numRuns: 100, seed },
	);
});
