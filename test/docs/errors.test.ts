import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConversationFailure, QUESTION_STATUSES } from '../../nodes/shared/failures/conversation-failure';
import { errorMember } from '../../nodes/shared/n8n/failure-output';
import { collectMessages } from '../../scripts/docs/messages';

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
	"wording.message(provider, status, response.error.rejectedCredential ?? 'API key')",
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

/** A failure of which everything is known. */
const failure = new ConversationFailure('The agent stopped', {
	code: 'agent_failed',
	hint: 'Ask again.',
	httpStatus: 500,
	providerText: 'boom',
	technicalText: 'the stream ended',
	traceId: 't1',
	status: 'failed',
});
failure.progress = { conversationId: 'c1', messageId: 'm1', partialAnswer: 'Half', lastOffset: 7 };
const item = errorMember(failure, { id: 'reportify' }, (text) => text);

test('the fields of an error item are all explained', () => {
	const [, section = ''] = page.split('\n## Handling errors in a workflow\n');
	const [table = ''] = section.split('\n`status` tells');
	expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!)).toEqual(Object.keys(item));
});

test('every state of the question is explained', () => {
	const [, section = ''] = page.split('safe to ask again:\n');
	const rows = [...section.split('\n## ')[0]!.matchAll(/^\| `(\w+)` /gm)].map(([, state]) => state!);
	expect(rows.filter((row) => row !== 'status').sort()).toEqual([...QUESTION_STATUSES].sort());
});

test('every line of a description is explained', () => {
	const labels = [...String(item.description).matchAll(/(?:^|· )([\w ]+): /gm)].map(([, label]) => label!);
	expect(labels).toEqual(expect.arrayContaining(['Details', 'Code', 'HTTP status', 'Trace ID', 'Last offset']));
	expect(labels.filter((label) => label !== 'The provider says' && !page.includes(`**${label}**`))).toEqual([]);
});
