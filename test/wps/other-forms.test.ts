import { failureOf, followWps } from './follow-wps';
import { listed, ok, type Scripted, ScriptedWps } from './scripted-wps';

/** Replies and events that no page of WPS shows: what comes out of them has to be true, and soon. */

const ASKED = listed('User', 'What is the answer?');
const CREATE = /POST .*chats?\/create/;

/** WPS that answers the question with this; its session lists these messages from then on. */
const wpsThat = (reply: Scripted, after: object[] = []): ScriptedWps => {
	const wps = new ScriptedWps();
	return wps.on(CREATE, reply).on(/messages/, () => ok({ items: wps.count(CREATE) === 0 ? [] : after }));
};
const sse = (...events: unknown[]): Scripted => ({
	text: events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join(''),
});
const message = (data: object) => ({
	event: 'add_message',
	data: { id: 'm', sender: 'Machine', sender_name: 'Agent', text: 'Hello', ...data },
});
const END = { event: 'end', data: {} };

describe('a reply in a form that is not known', () => {
	test.each<[string, Scripted]>([
		['an object', { json: { foo: 1 } }],
		['an empty object', { json: {} }],
		['a list', { json: [1, 2] }],
		['an empty list', { json: [] }],
		['a number', { text: '12' }],
		['null', { text: 'null' }],
		['plain text', { text: 'Hello there' }],
		['an envelope of another service', { json: { code: 'OK', data: {} } }],
		['an answer of Dify', sse({ event: 'message', answer: 'Hello' }, { event: 'message_end' })],
		['an answer of OpenAI, with its end marker', sse({ choices: [{ delta: { content: 'Hi' } }] }, '[DONE]')],
	])('%s: it is said plainly and soon, and the question is not asked again', async (_what, reply) => {
		for (const [after, status] of [
			[[], 'unknown'],
			[[ASKED], 'running'],
		] as const) {
			const wps = wpsThat(reply, [...after]);
			const started = wps.clock.now();
			const { details, message: said } = await failureOf(followWps(wps));
			expect(details).toMatchObject({ code: 'unknown_form', status });
			expect(said).toContain('in a form that this node does not know');
			expect(details.hint?.includes('not known whether the question arrived')).toBe(status === 'unknown');
			expect(wps.clock.now() - started).toBeLessThan(60_000);
			expect(wps.count(CREATE)).toBe(1);
		}
	});

	test('the answer that the session lists is taken nevertheless', async () => {
		const wps = wpsThat({ json: { foo: 1 } }, [ASKED, listed('Agent', 'the answer')]);
		expect(await followWps(wps)).toMatchObject({ text: 'the answer', deliveredBy: 'lookup' });
	});

	test('success that names no chat is waited for only where the session shows the question', async () => {
		const wps = wpsThat(ok(), []);
		const started = wps.clock.now();
		expect((await failureOf(followWps(wps))).details).toMatchObject({ code: 'unknown_form', status: 'unknown' });
		expect(wps.clock.now() - started).toBeLessThan(90_000);
		const asked = wpsThat(ok(), [ASKED]);
		const late = asked.clock.now() + 300_000;
		asked.on(/messages/, () => {
			if (asked.count(CREATE) === 0) return ok({ items: [] });
			return ok({ items: asked.clock.now() < late ? [ASKED] : [ASKED, listed('Agent', 'late')] });
		});
		expect((await followWps(asked)).text).toBe('late');
	});

	test('a time limit that is reached while the answer is looked up tells why the stream was left', async () => {
		const wps = wpsThat({ json: { code: 500000004, msg: 'out of memory' } }, [ASKED]);
		const { details } = await failureOf(followWps(wps));
		expect(details).toMatchObject({ code: 'max_duration', technicalText: expect.stringContaining('out of memory') });
	});
});

test('a list that is too large to be read is named where the question is looked for in it', async () => {
	const wps = new ScriptedWps().on(CREATE, { breaks: true }).on(/messages/, () => {
		return wps.count(CREATE) === 0 ? ok({ items: [] }) : { bytes: new Uint8Array(33 * 1024 * 1024).fill(0x20) };
	});
	const { details } = await failureOf(followWps(wps));
	expect(details).toMatchObject({ code: 'connection_broken', status: 'unknown' });
	expect(details.hint).toContain('larger than 32 MB');
	expect(wps.count(CREATE)).toBe(1);
});

test.each<[string, unknown[], string]>([
	[
		'tokens that are numbers',
		['The ', 42, ' apples'].map((chunk) => ({ event: 'token', data: { id: 'm', chunk } })),
		'The 42 apples',
	],
	['a text that is a number', [message({ text: 42 })], '42'],
	[
		'authors in small letters',
		[message({ sender: 'user', text: 'question?' }), message({ sender: 'machine', id: 'a' })],
		'Hello',
	],
	['two events in one', [`${JSON.stringify(message({}))}${JSON.stringify(END)}`], 'Hello'],
])('%s are read', async (_what, events, text) => {
	expect(await followWps(wpsThat(sse(...events, END)))).toMatchObject({ text, status: 'completed' });
});

test.each(['user', 'User', 'HUMAN', 'human', 'system', 'tool', 'function'])(
	'what role %s says is no answer',
	async (role) => {
		const words = { event: 'message', data: { role, type: 'answer', content: 'not for you' } };
		expect((await failureOf(followWps(wpsThat(sse(words, END))))).progress.partialAnswer).toBe('');
	},
);

test.each<[string, unknown]>([
	['an error without a name', { error: 'bad' }],
	['an error object without a name', { error: { message: 'bad' } }],
	['what a web server says', { detail: 'bad' }],
	['an error event in other letters', { event: 'ERROR', data: { text: 'bad' } }],
	['a message of the category error in capitals', message({ id: 'e', text: 'bad', category: 'ERROR' })],
	['a message whose error is an object', message({ id: 'e', text: 'bad', error: { code: 7 } })],
	['a timeout', { event: 'timeout', data: { message: 'bad' } }],
])('%s: half an answer is no whole one, whatever end follows', async (_what, event) => {
	for (const end of [END, '[DONE]']) {
		const failure = await failureOf(followWps(wpsThat(sse(message({}), event, end))));
		expect(failure.details).toMatchObject({ status: 'failed', providerText: 'bad' });
		expect(failure.progress.partialAnswer).toBe('Hello');
	}
});

test.each(['aborted', 'stopped', 'cancel', 'chat.interrupted', 'Chat.Canceled'])(
	'the event %s ends it early',
	async (event) => {
		expect((await followWps(wpsThat(sse(message({}), { event, data: {} }, END)))).status).toBe('cancelled');
	},
);

test.each(['Partial', 'STREAMING', 'generating'])('a message that is still %s was broken off', async (state) => {
	expect((await followWps(wpsThat(sse(message({ properties: { state } }), END)))).status).toBe('cancelled');
});
