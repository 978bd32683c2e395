import { Random } from '../reportify/random';
import { type Outcome, runIn, type World, wrongsOf } from './random-runs';

/* Seams between two tries of the node and two calls of a tool, one by one, in controlled time. */

const CALM: World = {
	conversations: [undefined],
	waitForAnswer: true,
	maxConcurrency: 5,
	tries: 1,
	betweenTriesMs: 1000,
	continueOnFail: false,
	credentialDelays: [0],
	credentialFaults: 0,
	faults: [],
	pace: 10,
	tellsEnd: true,
};

async function run(world: Partial<World>): Promise<Outcome> {
	const whole = { ...CALM, ...world };
	const outcome = await runIn(whole, new Random(7));
	expect(wrongsOf(whole, outcome)).toEqual([]);
	return outcome;
}

const answers = ({ calls }: Outcome) => calls.filter(({ items }) => items?.[0]?.json.status === 'completed').length;
const errors = ({ calls }: Outcome) =>
	calls.map(
		({ items, error }) => error?.message ?? (items?.[0]?.json.error as { message: string } | undefined)?.message,
	);

test.each([
	['waited for', true],
	['not waited for', false],
])(
	'twenty items that are %s, one that n8n cannot resolve, three tries: each is asked once',
	async (_title, waitForAnswer) => {
		const conversations = Array.from({ length: 20 }, () => undefined);
		const outcome = await run({ conversations, waitForAnswer, bad: { item: 20, tries: 2 }, tries: 3, pace: 200 });
		expect(outcome.acme.takenIn).toHaveLength(20);
		expect(outcome.last).toHaveLength(20);
	},
);

test('n8n gives the items up: those that wait are never asked, those that run are cancelled', async () => {
	const conversations = Array.from({ length: 40 }, () => undefined);
	const outcome = await run({ conversations, bad: { item: 40, tries: 2 }, tries: 2, pace: 5000, betweenTriesMs: 2000 });
	expect(outcome.acme.takenIn).toHaveLength(5);
	expect(outcome.acme.takenIn.map(({ cancels }) => cancels)).toEqual([1, 1, 1, 1, 1]);
});

test.each([
	['in order', [0, 0, 0, 0]],
	['the second call first', [300, 0]],
	['the first call first', [0, 300]],
])(
	'two equal calls of a tool, credentials %s: both are answered, by one question',
	async (_title, credentialDelays) => {
		const conversations = [undefined, undefined];
		const outcome = await run({ conversations, toolQuestions: ['same', 'same'], credentialDelays, pace: 100 });
		expect(answers(outcome)).toBe(2);
		expect(outcome.acme.takenIn).toHaveLength(1);
	},
);

test('the reply was lost, and n8n evaluates another text for the next try: the first one is found', async () => {
	// The conversation, the question, and three looks for it; then all is well.
	const faults = [undefined, 'reset', 503, 503, 503, 503, 503, 503, 503, 503, 503] as World['faults'];
	const outcome = await run({ faults, tries: 2 });
	expect(outcome.acme.takenIn.map(({ text }) => text)).toEqual(['item-0 in try 1']);
	expect(outcome.last[0]?.items?.[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'resume' });
});

test('a tool whose agent failed for good is asked anew by the next call, which is no retry', async () => {
	const outcome = await run({
		conversations: [undefined, undefined],
		toolQuestions: ['same', 'same'],
		credentialDelays: [0, 60_000, ...Array<number>(20).fill(0)],
		faults: [undefined, 'failing'],
	});
	expect(outcome.acme.takenIn).toHaveLength(2);
	expect(errors(outcome)).toEqual(["Acme's agent stopped: boom", undefined]);
	expect(answers(outcome)).toBe(1);
});

test('n8n’s retry of a call is none: it gives the same failure again', async () => {
	const outcome = await run({ toolQuestions: ['same'], faults: [undefined, 'failing'], tries: 3 });
	expect(outcome.acme.takenIn).toHaveLength(1);
	expect(errors(outcome)).toEqual(Array(3).fill("Acme's agent stopped: boom"));
});

test('Stop while items wait for their turn: nothing more is asked, everything settles at once', async () => {
	const outcome = await run({ conversations: ['a', 'a', 'a', 'b'], maxConcurrency: 1, pace: 5000, stopAt: 2000 });
	expect(outcome.acme.takenIn).toHaveLength(1);
	for (const { settledAt } of outcome.calls) expect(settledAt - outcome.clock.startedAt).toBe(2000);
});
