import type { FaultInput, ProviderName } from '../../sandbox';
import { aiDolBench } from './aidol';
import { errorIn, reportifyBench } from './reportify';
import { wpsBench } from './wps';

/**
 * What servers do, and what a user gets, for each provider side by side. The providers differ because their APIs do:
 * Reportify keeps a log of events to resume from, WPS a list of messages to look the answer up in, AI-DOL neither.
 */

jest.setTimeout(60_000);

const benches = { Reportify: reportifyBench(), WPS: wpsBench(), 'AI-DOL': aiDolBench() };
type Name = keyof typeof benches;
const NAMES = Object.keys(benches) as Name[];
const PROVIDER: Record<Name, ProviderName> = { Reportify: 'reportify', WPS: 'wps', 'AI-DOL': 'aidol' };

interface Case {
	faults: FaultInput[];
	/** Piece by piece what the agent says. */
	pieces?: string[];
	options?: object;
	/** What comes out, in words; `expected` says the same for the machine. */
	becomes: string;
	expected: object;
	/** How often the question itself may have been sent. */
	questions?: number;
	/** Lines end in CR and LF. */
	crlf?: boolean;
	/** Reportify: a single agent writes, so that its words are the answer before the run has ended. */
	isSingle?: boolean;
}

const PIECES = ['第三季度 ', '«·École» ', '👩‍👩‍👧‍👦 up 12 %\n', '| a | b |\n', '|---|---|\n', '| 1 | 2 |\n', 'end'];
const whole = (deliveredBy: string) => ({ status: 'completed', deliveredBy });
const failed = (error: object) => ({ error });

/** Resumed where there is a log, looked up where there is a list, an honest error with the beginning elsewhere. */
function broken(faults: FaultInput[], more: Partial<Case> = {}): Record<Name, Case> {
	return {
		Reportify: { faults, becomes: 'reads on, whole', expected: whole('resume'), ...more },
		WPS: { faults, becomes: 'looks it up, whole', expected: whole('lookup'), ...more },
		'AI-DOL': {
			faults,
			becomes: 'an error with what had come',
			expected: failed({ code: 'stream_broken', partialAnswer: expect.any(String) }),
			...more,
		},
	};
}

/** The same for all three. */
const same = (each: Case): Record<Name, Case> => ({ Reportify: each, WPS: each, 'AI-DOL': each });

/** The same for all three, in the middle of the answer's text: what comes before it differs. */
const midAnswer = (make: (afterEvents: number) => Case): Record<Name, Case> => ({
	Reportify: { ...make(9), isSingle: true },
	WPS: make(6),
	'AI-DOL': make(2),
});

const cut = (at: object, how: 'end' | 'close' | 'reset' = 'end') => ({ kind: 'cut', how, ...at }) as FaultInput;
const status = (code: number, more: object = {}) => ({ kind: 'status', status: code, ...more }) as FaultInput;
const HTTP_DATE_PAST = 'Wed, 21 Oct 2015 07:28:00 GMT';

const ROWS: Record<string, Partial<Record<Name, Case>>> = {
	'closes cleanly before the terminal event': {
		...broken([cut({ beforeTerminal: true })]),
		'AI-DOL': {
			faults: [cut({ beforeTerminal: true })],
			becomes: 'counts as the end, as its API documents no other',
			expected: whole('stream'),
		},
	},
	'closes cleanly in the middle of an event': broken([cut({ afterBytes: 290 })]),
	'hangs up in the middle of the answer': broken([cut({ afterEvents: 3 }, 'close')]),
	'resets in the middle of an event': broken([cut({ afterBytes: 290 }, 'reset')]),
	'sends every event twice': {
		Reportify: { faults: [{ kind: 'duplicate' }], becomes: 'each counts once, whole', expected: whole('stream') },
		WPS: { faults: [{ kind: 'duplicate' }], becomes: 'each counts once, whole', expected: whole('stream') },
	},
	'sends events again after the reconnect': {
		Reportify: {
			faults: [cut({ afterEvents: 6 }), { kind: 'duplicate', operation: 'events' }],
			becomes: 'each counts once, whole',
			expected: whole('resume'),
		},
	},
	'breaks, and the log says 404 from then on': {
		Reportify: {
			faults: [cut({ afterEvents: 6 }), status(404, { operation: 'events', times: 0 })],
			becomes: 'looks it up, whole',
			expected: whole('lookup'),
		},
	},
	'breaks, and the log says 410 from then on': {
		Reportify: {
			faults: [cut({ afterEvents: 6 }), status(410, { operation: 'events', times: 0 })],
			becomes: 'looks it up, whole',
			expected: whole('lookup'),
		},
	},
	'breaks, and the list of messages says 404': {
		WPS: {
			faults: [cut({ afterEvents: 6 }), status(404, { operation: 'messages', times: 0 })],
			becomes: 'an error with what had come',
			expected: failed({ partialAnswer: expect.any(String), conversationId: expect.any(String) }),
		},
	},
	'replies 200 with an error in JSON': same({
		faults: [{ kind: 'json-200', message: 'Agent is paused' }],
		becomes: 'an error with the provider’s reason',
		expected: failed({ description: expect.stringContaining('Agent is paused') }),
	}),
	'replies 200 with a login page': same({
		faults: [{ kind: 'html' }],
		becomes: 'an error that says so, with how the page begins',
		expected: failed({ code: 'web_page', description: expect.stringContaining('<title>Sign in</title>') }),
	}),
	'reports in mid-answer that the agent failed': midAnswer((afterEvents) => ({
		faults: [{ kind: 'error-event', afterEvents, message: 'overloaded' }],
		becomes: 'an error with the reason and what had come',
		expected: failed({
			status: 'failed',
			partialAnswer: expect.stringMatching(/^第三季度/),
			description: expect.stringContaining('overloaded'),
		}),
	})),
	'says 429 and to wait a second': same({
		faults: [status(429, { headers: { 'Retry-After': '1' } })],
		becomes: 'waits, asks again, whole',
		expected: whole('stream'),
		questions: 2,
	}),
	'says 429 and to wait until a date that is past': same({
		faults: [status(429, { headers: { 'Retry-After': HTTP_DATE_PAST } })],
		becomes: 'asks again, whole',
		expected: whole('stream'),
		questions: 2,
	}),
	'says 429 and to wait for years': same({
		faults: [status(429, { headers: { 'Retry-After': '99999999' }, times: 0 })],
		options: { maxDuration: 1 },
		becomes: 'waits no longer than Timeout: Total, and says that there is a limit and nothing was asked',
		expected: failed({ message: expect.stringContaining('limits how often it may be asked'), status: 'notSent' }),
	}),
	'resets behind the question': {
		Reportify: { faults: [{ kind: 'reset-after-request' }], becomes: 'finds it, whole', expected: whole('resume') },
		WPS: { faults: [{ kind: 'reset-after-request' }], becomes: 'finds it, whole', expected: whole('lookup') },
		'AI-DOL': {
			faults: [{ kind: 'reset-after-request' }],
			becomes: 'an error that says it may have arrived, not asked again',
			expected: failed({ code: 'connection_broken', status: 'unknown' }),
		},
	},
	'keeps the connection alive and says nothing': midAnswer((afterEvents) => ({
		faults: [
			{ kind: 'heartbeats', afterEvents, everyMs: 50 },
			{ kind: 'late-terminal', hold: 'for ever' },
		],
		options: { idleTimeout: 5, maxDuration: 1 },
		becomes: 'Timeout: Total decides, with what had come',
		expected: failed({ code: 'max_duration', partialAnswer: expect.stringMatching(/^第三季度/) }),
	})),
	'falls silent': midAnswer((afterEvents) => ({
		faults: [
			{ kind: 'stall', afterEvents },
			{ kind: 'stall', afterEvents: 0, operation: 'events', times: 0 },
			{ kind: 'late-terminal', hold: 'for ever' },
		],
		options: { idleTimeout: 0.4 },
		becomes: 'Timeout: Idle decides, with what had come',
		expected: failed({ code: 'idle_timeout', partialAnswer: expect.stringMatching(/^第三季度/) }),
	})),
	'sends one event of 5 MB': same({
		faults: [],
		pieces: ['5 MB: ', '长'.repeat(1_700_000)],
		becomes: 'whole',
		expected: whole('stream'),
	}),
	'sends byte by byte': same({ faults: [{ kind: 'split', writes: [1] }], becomes: 'whole', expected: whole('stream') }),
};

const cases = Object.entries(ROWS).flatMap(([serverDoes, row]) =>
	NAMES.flatMap((name) => {
		const each = row[name];
		return each ? [{ name, serverDoes, ...each }] : [];
	}),
);

/** Asks under faults, with *On Error: continue*. */
async function ask(
	name: Name,
	{ faults, pieces = PIECES, options = {}, crlf, isSingle }: Partial<Case>,
	parameters: object = {},
) {
	const { sandbox, ...bench } = benches[name];
	const provider = PROVIDER[name];
	sandbox.configure({ [provider]: { framing: { eol: crlf ? '\r\n' : '\n' } } });
	for (const fault of faults ?? []) sandbox.faults.add({ provider, ...fault });
	const form = isSingle ? ('single agent' as const) : undefined;
	sandbox.scripts.next({ steps: pieces.map((text) => ({ text })), reportify: { form } });
	const { items } = await bench.send(
		{ message: 'x', ...parameters, options },
		{ node: { onError: 'continueRegularOutput' as const } },
	);
	expect(items).toHaveLength(1);
	return items[0]!.json;
}

describe('when the server …, the user gets …', () => {
	test.each(cases)('$name: $serverDoes → $becomes', async ({ name, questions = 1, expected, ...each }) => {
		const json = await ask(name, each);
		expect(json).toMatchObject(expected);
		const text = (each.pieces ?? PIECES).join('');
		if (errorIn(json)) {
			const { partialAnswer } = errorIn(json) as { partialAnswer?: string };
			expect(text.startsWith(partialAnswer ?? '')).toBe(true);
			expect(json).not.toHaveProperty('answer');
		} else expect(json.answer === text).toBe(true);
		const asked = benches[name].questions();
		// as long as it is turned away it may be sent again
		if ('status' in (errorIn(json) ?? {}) && errorIn(json).status === 'notSent') expect(asked).toBeLessThanOrEqual(4);
		else expect(asked).toBe(questions);
	});
});

describe('with a required format and sources, the question is asked as often', () => {
	const required = { requireSpecificOutputFormat: true, schemaType: 'fromJson', jsonSchemaExample: '{"a": 1}' };
	const more = { answerFormats: ['json', 'sources'], lookUpAddresses: true };

	test.each(cases)('$name: $serverDoes', async ({ name, questions = 1, expected, ...each }) => {
		const options = { ...each.options, ...more };
		const error = errorIn(await ask(name, { ...each, options }, required));
		const text = (each.pieces ?? PIECES).join('');
		// What would have been a whole answer is one without JSON; all else fails as it does without a format.
		if ('error' in expected) expect({ error }).toMatchObject(expected);
		else expect(error).toMatchObject({ code: 'no_json', status: 'completed', partialAnswer: text });
		const asked = benches[name].questions();
		if (error.status === 'notSent') expect(asked).toBeLessThanOrEqual(4);
		else expect(asked).toBe(questions);
	});
});

describe('a reset at any byte, lines end in CR and LF', () => {
	// WPS takes a second to look an answer up, and does so wherever it broke.
	const LENGTHS: Record<Name, number> = { Reportify: 60, WPS: 4, 'AI-DOL': 120 };

	test.each(NAMES)('%s: never a changed answer', async (name) => {
		const bytes = Array.from({ length: LENGTHS[name] }, (_, index) => 250 + index);
		for (const afterBytes of bytes) {
			benches[name].sandbox.reset();
			const json = await ask(name, { faults: [cut({ afterBytes }, 'reset')], crlf: true });
			if (name === 'AI-DOL') {
				expect(json).toMatchObject(failed({ code: 'stream_broken' }));
				expect(PIECES.join('').startsWith(String(errorIn(json).partialAnswer))).toBe(true);
			} else expect([afterBytes, json.answer]).toEqual([afterBytes, PIECES.join('')]);
			expect(benches[name].questions()).toBe(1);
		}
	});
});

describe('nobody answers at first', () => {
	test.each(NAMES)('%s: connection refused → tried again, since nothing was asked; whole', async (name) => {
		const { sandbox, newConversation, send, questions } = benches[name];
		const conversationId = await newConversation();
		const server = sandbox[PROVIDER[name]];
		await server.offline();
		const sending = send({ conversationId });
		await server.online();
		const { items } = await sending;
		expect(items[0]?.json.status).toBe('completed');
		expect(questions()).toBe(1);
	});
});

describe('the user presses Stop in mid-answer', () => {
	test.each(NAMES)('%s: the connection closes, and what can be cancelled is cancelled once', async (name) => {
		const { sandbox, send } = benches[name];
		const chatOf = async () => await sandbox.waitForRequest({ operation: 'chat' });
		const { run } = await send(
			{ message: 'x [script: tokens 200] [pace: 20]' },
			{
				onStarted: ({ cancel }) =>
					void chatOf()
						.then(async (chat) => await sandbox.eventsSent(chat, 5))
						.then(cancel),
			},
		);
		expect(run.status).toBe('canceled');
		await sandbox.closedByClient(await chatOf());
		if (name !== 'AI-DOL') await sandbox.over(await sandbox.waitForRequest({ operation: 'cancel' }));
		expect(sandbox.findRequests({ operation: 'cancel' })).toHaveLength(name === 'AI-DOL' ? 0 : 1);
		expect(sandbox.findRequests({ operation: 'chat' })).toHaveLength(1);
	});
});
