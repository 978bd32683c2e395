import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { END, type Growth, stream } from './events';
import { failureOf, followWps } from './follow-wps';
import { FRAMINGS } from './framings';
import { listed, ok, ScriptedWps } from './scripted-wps';

jest.setTimeout(60_000);

const PIECES = ['# «·École»\n\n', '你好 ', '👩‍🔬.'];
const WHOLE = PIECES.join('');
const encoder = new TextEncoder();
const bytesOf = (framing: string, growth: Growth) => encoder.encode(FRAMINGS[framing]!(stream(growth, PIECES)));

/** A stream that ends cleanly behind these bytes, from a WPS that does not list what was said. */
const wpsWith = (bytes: Uint8Array) => new ScriptedWps().on(/chats\/create/, { bytes });

const EVERY_BYTE: Array<[string, Growth]> = [
	['blocks, as Langflow writes them', 'cumulative'],
	['blocks in raw UTF-8', 'model'],
	['pretty-printed', 'model'],
	['server-sent events', 'delta'],
	['with CR LF', 'model'],
	['the name on a line of its own, the data alone', 'token'],
	['[DONE] instead of the end, as an event', 'model'],
];

test.each(EVERY_BYTE)('%s, %s: a stream that ends at any byte is whole or not reported', async (framing, growth) => {
	const whole = bytesOf(framing, growth);
	const completedAt: number[] = [];
	for (let length = 0; length <= whole.length; length++) {
		const wps = wpsWith(whole.subarray(0, length));
		try {
			const answer = await followWps(wps);
			expect([length, answer.text, answer.status, answer.deliveredBy]).toEqual([length, WHOLE, 'completed', 'stream']);
			completedAt.push(length);
		} catch (error) {
			if (!(error instanceof ConversationFailure)) throw error;
			expect(WHOLE.replaceAll(' ', '')).toContain(error.progress.partialAnswer.replaceAll(' ', ''));
		}
		expect(wps.count(/chats\/create/)).toBe(1);
	}
	// The end marker may lack the line ends behind it, and nothing else.
	const needed = encoder.encode(new TextDecoder().decode(whole).trimEnd()).length;
	expect(completedAt).toEqual(Array.from({ length: whole.length - needed + 1 }, (_, more) => needed + more));
});

test('the same cuts, when the session shows the answer: always whole, asked once', async () => {
	const whole = bytesOf('blocks, as Langflow writes them', 'cumulative');
	const answer = listed('Agent', WHOLE, { id: 'message-1' });
	for (let length = 0; length < whole.length; length += 13) {
		const wps = wpsWith(whole.subarray(0, length)).on(/messages/, (_, nth) =>
			ok({ items: nth === 1 ? [] : [listed('User', 'What is the answer?'), answer] }),
		);
		expect(await followWps(wps)).toMatchObject({
			status: 'completed',
			text: WHOLE,
			deliveredBy: expect.stringMatching(/lookup/),
		});
		expect(wps.count(/chats\/create/)).toBe(1);
	}
});

test('an end without a word is no answer', async () => {
	const wps = wpsWith(encoder.encode(`${JSON.stringify(END)}\n\n`));
	expect((await failureOf(followWps(wps))).details).toMatchObject({ code: 'unknown_form', status: 'failed' });
});

test('an unreadable event is not read over: the session is asked', async () => {
	const [first, second, ...rest] = stream('delta', PIECES).map((event) => JSON.stringify(event));
	const broken = [first, second, '{"event":"add_message","data":{"text":"lost\n', ...rest].join('\n\n');
	const failure = await failureOf(followWps(wpsWith(encoder.encode(broken))));
	expect(failure.details).toMatchObject({ code: 'stream_broken', status: 'running' });
	expect(failure.progress.partialAnswer).toBe(WHOLE);
});
