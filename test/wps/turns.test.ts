import type { JsonObject } from '../../nodes/shared/json/json';
import { type ChatMemo, fingerprint } from '../../nodes/WpsAgent/chat-memo';
import { areNewestFirst, listedMessages, newestOf } from '../../nodes/WpsAgent/listed-messages';
import { collectedTurn, ownTurn } from '../../nodes/WpsAgent/turns';
import { fc } from '../fuzz/seed';
import { listed } from './scripted-wps';

const at = (minute: number) => ({ timestamp: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z` });
const OLD = [listed('User', 'old question', at(1)), listed('Agent', 'old answer', at(1))];
const NEW = [listed('User', 'new question', at(2)), listed('Agent', 'new answer', at(2))];
const [newQuestion, newAnswer] = NEW as [JsonObject, JsonObject];
const keys = (rows: JsonObject[]) => new Set(listedMessages(rows).map(({ key }) => key));
const asked = (text: string, earlier?: ReadonlySet<string>): ChatMemo => ({ earlier, question: fingerprint(text) });
const ASKED = asked('new question', keys(OLD));

function answerTo(
	memo: ChatMemo,
	rows: JsonObject[],
	{ chatId, streamed = [] }: { chatId?: string; streamed?: string[] } = {},
) {
	const { answer, ...rest } = ownTurn(listedMessages(rows), memo, chatId, (id) => streamed.includes(id));
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
		const memo = asked('old question', keys(OLD));
		expect(answerTo(memo, OLD)).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(memo, [...OLD, again[0]!])).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo(memo, [...OLD, { ...again[1]!, text: 'another answer' }]).answer).toBe('another answer');
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
		expect(answerTo(asked('new question', new Set()), rows).answer).toBe('new answer');
	});

	test('the list holds the newest message only, as the published contract has it', () => {
		const memo = asked('new question', keys([OLD[1]!]));
		expect(answerTo(memo, [OLD[1]!])).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(memo, [newQuestion])).toEqual({ hasBegun: true, answer: undefined });
		expect(answerTo(memo, [newAnswer])).toEqual({ hasBegun: true, answer: 'new answer' });
	});

	test('what was there before is not known: only a message of its own stream is its own', () => {
		const memo = asked('new question');
		expect(answerTo(memo, [...OLD, ...NEW])).toEqual({ hasBegun: false, answer: undefined });
		expect(answerTo(memo, [...OLD, ...NEW], { streamed: ['Agent-new answer'] }).answer).toBe('new answer');
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
				const { answer } = ownTurn(
					listedMessages([...before, ...after] as JsonObject[]),
					asked(text, earlier),
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
	interface Given {
		chatId?: string;
		question?: string;
		memo?: ChatMemo;
		isWhole?: boolean;
	}
	function collected(rows: JsonObject[], { chatId, question, memo, isWhole = true }: Given = {}) {
		const listing = { messages: listedMessages(rows), isWhole, hasNewest: isWhole || areNewestFirst(rows) };
		const { answer, ...rest } = collectedTurn(listing, {
			chatId,
			question: question === undefined ? undefined : fingerprint(question),
			memo,
		});
		return { ...rest, answer: answer?.text };
	}
	const AMBIGUOUS = { hasBegun: true, isAmbiguous: true, answer: undefined };
	const NOT_THERE = { hasBegun: false, answer: undefined };
	const byName = (rows: JsonObject[]) =>
		rows.map((row) => (row.sender_name === 'User' ? { ...row, sender_name: '张三' } : row));
	const LATER = [listed('User', 'third question', at(3)), listed('Agent', 'third answer', at(3))];

	describe('without a message id: the last one', () => {
		test.each<[string, JsonObject[], object]>([
			['what follows the last question', [...OLD, ...NEW], { hasBegun: true, answer: 'new answer' }],
			['it is not answered yet', [...OLD, newQuestion], { hasBegun: true, answer: undefined }],
			['nothing', [], NOT_THERE],
			['users who go by their names', byName([...OLD, ...NEW]), { hasBegun: true, answer: 'new answer' }],
			['the same, not answered yet', byName([...OLD, newQuestion]), { hasBegun: true, answer: undefined }],
			[
				'other nodes of the flow write, too',
				[...byName([...OLD, ...NEW]), listed('Chat Output', 'new answer!', at(2))],
				{ hasBegun: true, answer: 'new answer' },
			],
			['an answer alone', [newAnswer], { hasBegun: true, answer: 'new answer' }],
			['answers without questions: nobody knows', [OLD[1]!, newAnswer], AMBIGUOUS],
		])('%s', (_what, rows, expected) => {
			expect(collected(rows)).toEqual(expected);
		});

		test('a list that was not read to its end holds the last one only where it begins with it', () => {
			expect(collected([...OLD, ...NEW], { isWhole: false })).toEqual(AMBIGUOUS);
			expect(collected([...OLD, ...NEW].reverse(), { isWhole: false }).answer).toBe('new answer');
		});
	});

	describe('by a message id', () => {
		test('messages that name the chat; where others are named, one that is not is not there', () => {
			const rows = [...OLD.map((row) => ({ ...row, chat_id: 'c1' })), ...NEW.map((row) => ({ ...row, chat_id: 'c2' }))];
			expect(collected(rows, { chatId: 'c1' }).answer).toBe('old answer');
			expect(collected(rows, { chatId: 'c2' }).answer).toBe('new answer');
			expect(collected(rows, { chatId: 'c3' })).toEqual(NOT_THERE);
		});

		test('the id of a listed message', () => {
			expect(collected([...OLD, ...NEW], { chatId: 'User-old question' }).answer).toBe('old answer');
			expect(collected([...OLD, ...NEW], { chatId: 'Agent-old answer' }).answer).toBe('old answer');
		});

		test.each<[string, JsonObject[]]>([
			['two questions', [...OLD, ...NEW]],
			['the last one not answered yet', [...OLD, newQuestion]],
			['users who go by their names', byName([...OLD, ...NEW])],
			['answers without questions', [OLD[1]!, newAnswer]],
			['one answer alone: the list may hold the newest message only', [newAnswer]],
		])('that nothing knows, %s: no answer, as it may be another question’s', (_what, rows) => {
			for (const order of [rows, [...rows].reverse()]) expect(collected(order, { chatId: 'c1' })).toEqual(AMBIGUOUS);
		});

		test('exactly one question: it is the one', () => {
			expect(collected(NEW, { chatId: 'c1' }).answer).toBe('new answer');
			expect(collected(byName(NEW), { chatId: 'c1' }).answer).toBe('new answer');
			expect(collected([newQuestion], { chatId: 'c1' })).toEqual({ hasBegun: true, answer: undefined });
			expect(collected([], { chatId: 'c1' })).toEqual(NOT_THERE);
			expect(collected(NEW, { chatId: 'c1', isWhole: false })).toEqual(AMBIGUOUS);
		});

		test('what this process remembers', () => {
			expect(collected([...OLD, ...NEW], { chatId: 'c1', memo: ASKED }).answer).toBe('new answer');
			expect(collected(OLD, { chatId: 'c1', memo: ASKED })).toEqual(NOT_THERE);
			expect(collected([...OLD, ...NEW], { chatId: 'c1', memo: asked('old question') }).answer).toBe('old answer');
		});
	});

	describe('by its text', () => {
		const given = (question: string, chatId?: string) => ({ question, chatId });

		test.each([undefined, 'c1'])('each question has its own answer (message id %s)', (chatId) => {
			for (const rows of [
				[...OLD, ...NEW, ...LATER],
				[...OLD, ...NEW, ...LATER].reverse(),
				byName([...OLD, ...NEW, ...LATER]),
			]) {
				expect(collected(rows, given('old question', chatId)).answer).toBe('old answer');
				expect(collected(rows, given(' new  question\n', chatId)).answer).toBe('new answer');
				expect(collected(rows, given('third question', chatId)).answer).toBe('third answer');
				expect(collected(rows, given('no such question', chatId))).toEqual(NOT_THERE);
			}
			expect(collected([...OLD, newQuestion], given('new question', chatId)).answer).toBeUndefined();
		});

		test('an answer that repeats the question is none', () => {
			const echo = listed('Agent', 'old question', at(2));
			expect(collected([...OLD, NEW[0]!, echo], given('old question')).answer).toBe('old answer');
		});

		test('asked twice: the last one where no message id says otherwise and nothing was asked since', () => {
			const again = [listed('User', 'old question', { ...at(2), id: 'q2' }), listed('Agent', 'another', at(2))];
			expect(collected([...OLD, ...again], given('old question')).answer).toBe('another');
			expect(collected([...OLD, ...again], given('old question', 'c1'))).toEqual(AMBIGUOUS);
			expect(collected([...OLD, ...again, ...LATER], given('old question'))).toEqual(AMBIGUOUS);
		});
	});

	test('whatever the list looks like: a message id that nothing knows never gives the answer of one question among several', () => {
		const row = fc.record({
			sender_name: fc.constantFrom('User', 'Agent', '张三', 'Chat Output'),
			text: fc.constantFrom('q', 'a', 'b'),
			timestamp: fc.constantFrom('', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
		});
		fc.assert(
			fc.property(fc.array(row, { maxLength: 8 }), fc.boolean(), (rows, isWhole) => {
				const turn = collected(rows as JsonObject[], { chatId: 'c1', isWhole });
				const users = rows.filter(({ sender_name }) => sender_name === 'User').length;
				if (users > 1) expect(turn.answer).toBeUndefined();
			}),
			{ numRuns: 2000 },
		);
	});
});

test('the newest messages of a list, in its order', () => {
	const rows = [...OLD, ...NEW];
	expect(newestOf(rows, 9)).toEqual(rows);
	expect(newestOf(rows, 2)).toEqual(NEW);
	expect(newestOf([...rows].reverse(), 2)).toEqual([...NEW].reverse());
});
