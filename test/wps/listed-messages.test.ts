import type { JsonObject } from '../../nodes/shared/json/json';
import type { ChatTrace } from '../../nodes/WpsAgent/chat-trace';
import { listedMessages, turnOf } from '../../nodes/WpsAgent/listed-messages';
import { fc } from '../fuzz/seed';
import { listed } from './scripted-wps';

const at = (minute: number) => ({ timestamp: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z` });
const OLD = [listed('User', 'old question', at(1)), listed('Agent', 'old answer', at(1))];
const NEW = [listed('User', 'new question', at(2)), listed('Agent', 'new answer', at(2))];
const [newQuestion, newAnswer] = NEW as [JsonObject, JsonObject];
const keys = (rows: JsonObject[]) => new Set(listedMessages(rows).map(({ key }) => key));
const ASKED: ChatTrace = { earlier: keys(OLD), text: 'new question' };

function answerTo(
	trace: ChatTrace,
	rows: JsonObject[],
	{ chatId, streamed = [] }: { chatId?: string; streamed?: string[] } = {},
) {
	const { answer, ...rest } = turnOf(listedMessages(rows), trace, chatId, (id) => streamed.includes(id));
	return { ...rest, answer: answer?.text };
}

describe('the order of the list is not stated', () => {
	const chronological = (rows: JsonObject[]) => listedMessages(rows).map(({ text }) => text);

	test('times tell it, in every form', () => {
		const forms: Array<[unknown, unknown]> = [
			['2026-01-01T00:01:00', '2026-01-01T00:02:00'],
			['2026-01-01T00:01:00.123Z', '2026-01-01T00:01:00.124Z'],
			['2026-01-01 00:01:00.123456 UTC', '2026-01-01 00:02:00.123456 UTC'],
			['1767225600', '1767225601'],
			[1767225600000, 1767225600001],
		];
		for (const [earlier, later] of forms) {
			const rows = [
				listed('X', 'a', { timestamp: earlier as string }),
				listed('Y', 'b', { timestamp: later as string }),
			];
			expect(chronological(rows)).toEqual(['a', 'b']);
			expect(chronological([...rows].reverse())).toEqual(['a', 'b']);
		}
	});

	test('without times a new session begins with its question', () => {
		const rows = [listed('User', 'q', { timestamp: '' }), listed('Agent', 'a', { timestamp: '' })];
		expect(chronological([...rows].reverse())).toEqual(['q', 'a']);
		expect(chronological(rows)).toEqual(['q', 'a']);
	});
});

describe('a question of this node', () => {
	test.each([
		['oldest first', (rows: JsonObject[]) => rows],
		['newest first', (rows: JsonObject[]) => [...rows].reverse()],
	])('%s: its own answer, never an earlier one', (_order, ordered) => {
		expect(answerTo(ASKED, ordered([...OLD, ...NEW]))).toEqual({ hasBegun: true, answer: 'new answer' });
		expect(answerTo(ASKED, ordered([...OLD, newQuestion]))).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo(ASKED, ordered(OLD))).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(ASKED, ordered([...OLD, newAnswer]))).toEqual({ hasBegun: true, answer: 'new answer' });
	});

	test('asked in the same words as before', () => {
		const again = NEW.map((row) => ({ ...row, text: String(row.text).replace('new', 'old') }));
		const trace = { ...ASKED, text: 'old question' };
		expect(answerTo(trace, OLD)).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(trace, [...OLD, again[0]!])).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo(trace, [...OLD, { ...again[1]!, text: 'another answer' }]).answer).toBe('another answer');
	});

	test('somebody else asks in the same conversation at the same time', () => {
		const theirs = [listed('User', 'their question', at(2)), listed('Agent', 'their answer', at(2))];
		expect(answerTo(ASKED, [...OLD, ...theirs])).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(ASKED, [...OLD, ...theirs, ...NEW]).answer).toBe('new answer');
		expect(answerTo(ASKED, [...OLD, ...NEW, ...theirs.map((row) => ({ ...row, ...at(3) }))]).answer).toBe('new answer');
		expect(
			answerTo(ASKED, [...OLD, newQuestion, ...theirs.map((row) => ({ ...row, ...at(3) }))]).answer,
		).toBeUndefined();
	});

	test('several messages of the agent: the last one; other nodes of the flow do not count beside it', () => {
		const rows = [
			...OLD,
			newQuestion,
			listed('Agent', 'one', at(2)),
			listed('Agent', 'two', at(2)),
			listed('Chat Output', 'x', at(2)),
		];
		expect(answerTo(ASKED, rows).answer).toBe('two');
	});

	test('the agent was renamed, the user goes by a name', () => {
		const rows = [listed('张三', 'new question'), listed('小助手', 'new answer')];
		expect(answerTo({ earlier: new Set(), text: 'new question' }, rows).answer).toBe('new answer');
	});

	test('the list holds the newest message only, as the contract has it', () => {
		const trace = { earlier: keys([OLD[1]!]), text: 'new question' };
		expect(answerTo(trace, [OLD[1]!])).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(trace, [newQuestion])).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo(trace, [newAnswer])).toEqual({ hasBegun: true, answer: 'new answer' });
	});

	test('what was there before is not known: only a message of its own stream is its own', () => {
		const trace = { text: 'new question' };
		expect(answerTo(trace, [...OLD, ...NEW])).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(trace, [...OLD, ...NEW], { streamed: ['Agent-new answer'] }).answer).toBe('new answer');
	});

	test('messages that name the chat', () => {
		const rows = [...OLD.map((row) => ({ ...row, chat_id: 'c1' })), ...NEW.map((row) => ({ ...row, chat_id: 'c2' }))];
		expect(answerTo({}, rows, { chatId: 'c1' }).answer).toBe('old answer');
		expect(answerTo({}, rows, { chatId: 'c2' }).answer).toBe('new answer');
	});

	test('whatever the list looks like, no message that was there before is the answer', () => {
		const rows = fc.array(
			fc.record({
				id: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }),
				sender_name: fc.constantFrom('User', 'Agent', 'x', ''),
				text: fc.constantFrom('q', 'a', 'b', ''),
				timestamp: fc.constantFrom('', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'nonsense'),
			}),
			{ maxLength: 8 },
		);
		fc.assert(
			fc.property(rows, rows, fc.constantFrom('q', 'a'), (before, after, text) => {
				const earlier = keys(before as JsonObject[]);
				const { answer } = turnOf(
					listedMessages([...before, ...after] as JsonObject[]),
					{ earlier, text },
					undefined,
					() => false,
				);
				expect(answer === undefined || !earlier.has(answer.key)).toBe(true);
				expect(answer?.author).not.toBe('user');
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('a question that was asked elsewhere', () => {
	test('what follows the last question', () => {
		expect(answerTo({}, [...OLD, ...NEW])).toEqual({ hasBegun: true, answer: 'new answer' });
		expect(answerTo({}, [...OLD, newQuestion])).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo({}, [])).toEqual({ hasBegun: false, answer: undefined });
	});

	test('users who go by their names', () => {
		const rows = [...OLD, ...NEW].map((row) => (row.sender_name === 'User' ? { ...row, sender_name: '张三' } : row));
		expect(answerTo({}, rows).answer).toBe('new answer');
		expect(answerTo({}, rows.slice(0, 3)).answer).toBeUndefined();
	});

	test('answers without questions: one is taken, of several nobody knows', () => {
		expect(answerTo({}, [newAnswer]).answer).toBe('new answer');
		expect(answerTo({}, [OLD[1]!, newAnswer])).toEqual({ hasBegun: true, isAmbiguous: true });
	});
});
