import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectMessages } from '../../scripts/docs-messages';

/** `docs/errors.md` and the messages in the code are the same: a new message needs a word about what to do. */

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const { messages, codes, unreadable } = collectMessages(root);

/** Messages are headings or cells of tables, in code marks; `<words>` stand for what varies. */
const documented = page
	.split('\n')
	.filter((line) => line.startsWith('### ') || line.startsWith('| '))
	.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replace(/<[^>]+>/g, '…')));

/** Members of the tables of the sections about error items and codes are not messages. */
const isMessage = (text: string) => /\s/.test(text) && !text.startsWith('https://');

test('the code has messages', () => expect(messages.length).toBeGreaterThan(50));

test.each(messages.map(({ text, place }) => [text, place]))('documented: %s (%s)', (text) => {
	// A more exact form of a message may have a heading of its own.
	const general = text.replace(/'[^'…]+'/, "'…'");
	expect(documented.some((each) => each === text || each === general)).toBe(true);
});

test('nothing is documented that the code does not say', () => {
	const said = messages.map(({ text }) => text);
	expect(documented.filter(isMessage).filter((text) => !said.includes(text))).toEqual([]);
});

/** Where the text comes from somewhere else that is collected: the table of wordings, another error of this package. */
const HANDED_ON = [
	"wording.message(provider, status, refusal.complaint.refused ?? 'API key')",
	'error.message',
	'message',
	'text',
];

test('every other error hands on one of these messages', () => {
	expect(unreadable.filter(({ text }) => !HANDED_ON.includes(text))).toEqual([]);
});

test('the table of codes is complete', () => {
	const [, section = ''] = page.split('\n## Codes\n');
	const rows = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code!);
	expect(rows).toEqual([...codes].sort());
});

test('the fields of an error item are all explained', () => {
	const source = readFileSync(join(root, 'nodes/shared/n8n/operation.ts'), 'utf8');
	const written = /function errorMember[\s\S]*?\n}/.exec(source)![0];
	const fields = [...written.matchAll(/^\t\t(\w+):/gm)].map(([, name]) => name!);
	expect(fields).toContain('partialAnswer');
	const [, section = ''] = page.split('\n## Handling errors in a workflow\n');
	const [table = ''] = section.split('\n`status` tells');
	expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!)).toEqual(fields);
});

test('every state of the question is explained', () => {
	const source = readFileSync(join(root, 'nodes/shared/failures/conversation-failure.ts'), 'utf8');
	const type = /export type QuestionStatus =([\s\S]*?)\n\n/.exec(source)![1]!;
	const states = [...type.matchAll(/'(\w+)'/g)].map(([, state]) => state!);
	expect(states).toContain('running');
	const [, section = ''] = page.split('safe to ask again:\n');
	const rows = [...section.split('\n## ')[0]!.matchAll(/^\| `(\w+)` /gm)].map(([, state]) => state!);
	expect(rows.filter((row) => row !== 'status').sort()).toEqual(states.sort());
});

test('every line of a description is explained', () => {
	const source = readFileSync(join(root, 'nodes/shared/n8n/operation.ts'), 'utf8');
	const labels = [...source.matchAll(/`([\w ]+): \$/g)].map(([, label]) => label!);
	expect(labels).toContain('Trace ID');
	expect(labels.filter((label) => !page.includes(`**${label}**`))).toEqual([]);
});
