import {
	type IDataObject,
	type IHttpRequestOptions,
	type INodeExecutionData,
	OperationalError,
	UserError,
} from 'n8n-workflow';
import { isJsonObject } from '../../nodes/shared/json/json';
import { answerOperation } from '../../nodes/shared/n8n/answer-operation';
import { operation } from '../../nodes/shared/n8n/operation';
import type { Provider } from '../../nodes/shared/n8n/provider';
import type { AnswerOptions } from '../../nodes/shared/parameters/answer-options';
import { FakeClock } from '../following/fake-clock';
import { Random } from '../reportify/random';
import { Acme, AcmeSource, answerTo, type Fault } from './acme';

/*
 * One level above a single answer: what n8n does with a whole run of a node. Several items at once or equal calls of a tool,
 * several tries over one remembered run, n8n's own throws in between, credentials that come in any order or not at all.
 */

export interface World {
	/** The conversation of each item; undefined for a new one. */
	conversations: Array<string | undefined>;
	/** The node is a tool, and its calls ask these questions; equal ones are equal. */
	toolQuestions?: string[];
	waitForAnswer: boolean;
	maxConcurrency: number;
	/** n8n's Retry On Fail; 1 for off. */
	tries: number;
	betweenTriesMs: number;
	continueOnFail: boolean;
	/** The item whose expression n8n cannot resolve, and in how many tries. */
	bad?: { item: number; tries: number };
	/** How long n8n's database takes over credentials, in turn, milliseconds. */
	credentialDelays: number[];
	/** Share of the credentials that cannot be had. */
	credentialFaults: number;
	/** Faults of the requests in turn. */
	faults: Array<Fault | undefined>;
	pace: number;
	/** When Stop is pressed, milliseconds. */
	stopAt?: number;
	/** n8n tells when the execution has ended, as it does since 2.41. */
	tellsEnd: boolean;
}

const FAULTS: Fault[] = [
	'refused',
	'lost',
	'reset',
	'silent',
	'nameless',
	'cut',
	'ended',
	'failing',
	401,
	404,
	429,
	500,
	503,
];

export function randomWorld(random: Random): World {
	const items = random.int(1, 5);
	const isTool = random.chance(0.3);
	const faultiness = random.one([0, 0.1, 0.3, 0.5]);
	const list = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);
	return {
		conversations: list(items, () => (isTool ? undefined : random.one([undefined, 'a', 'a', 'b']))),
		toolQuestions: isTool ? list(items, () => random.one(['same', 'same', 'other'])) : undefined,
		waitForAnswer: random.chance(0.7),
		maxConcurrency: random.one([1, 2, 5]),
		tries: random.one([1, 2, 3]),
		betweenTriesMs: random.one([0, 1000, 5000]),
		continueOnFail: random.chance(0.3),
		bad: !isTool && random.chance(0.3) ? { item: random.int(0, items), tries: random.int(1, 3) } : undefined,
		credentialDelays: list(random.int(1, 7), () => random.one([0, 0, 1, 30, 300, 3000])),
		credentialFaults: random.chance(0.3) ? 0.2 : 0,
		faults: list(40, () => (random.chance(faultiness) ? random.one(FAULTS) : undefined)),
		pace: random.one([0, 10, 700, 20_000]),
		stopAt: random.chance(0.15) ? random.one([0, 10, 100, 1000, 30_000]) : undefined,
		tellsEnd: random.chance(0.8),
	};
}

/** What one call of the node's operation came to. */
interface Called {
	item: number;
	try: number;
	items?: INodeExecutionData[];
	error?: Error;
	/** Milliseconds since 1970. */
	settledAt: number;
}

export interface Outcome {
	acme: Acme;
	/** All calls, those that n8n gave up included. */
	calls: Called[];
	/** The last try's. */
	last: Called[];
	/** The questions that were taken in when the execution ended. */
	takenInAtEnd: number;
	clock: FakeClock;
	hung?: Error;
}

const OPTIONS = {
	output: 'answer',
	includeSteps: false,
	includeEvents: false,
	answerFormats: [],
	maxDurationMs: 600_000,
	idleTimeoutMs: 60_000,
	onTimeout: 'leaveRunning',
	answerAsFile: 'none',
	protectFormulas: false,
	downloadFiles: false,
};

const provider: Provider = {
	id: 'acme',
	name: 'Acme',
	credentialOf: () => 'acmeApi',
	complaintOf: (status, body) => {
		const isSuccess = status < 300 && !(isJsonObject(body) && body.error !== undefined);
		return isSuccess ? undefined : { text: `said ${status}` };
	},
};

export async function runIn(world: World, random: Random): Promise<Outcome> {
	const clock = new FakeClock();
	clock.randoms = Array.from({ length: 17 }, () => random.next());
	let requests = 0;
	const acme = new Acme(clock, random, world.pace, () => world.faults[requests++]);
	const stop = new AbortController();
	if (world.stopAt !== undefined) clock.at(world.stopAt, () => stop.abort());
	const onFinish: Array<() => void> = [];
	const agent = { name: 'Agent' };
	const node = { name: 'Acme', retryOnFail: world.tries > 1, maxTries: Math.max(2, world.tries) };
	const executeData = { node: world.toolQuestions ? agent : node, data: {} };

	let credentials = 0;
	const getCredentials = async (): Promise<IDataObject> => {
		const delay = world.credentialDelays[credentials++ % world.credentialDelays.length] as number;
		const isFaulty = random.chance(world.credentialFaults);
		if (delay > 0) await clock.serverSleep(delay);
		if (isFaulty && random.chance(0.5)) throw new UserError('The credential does not exist');
		if (isFaulty) throw new OperationalError('The database is away');
		return { apiKey: 'key-of-acme', baseUrl: 'https://acme.example' };
	};
	/** As n8n's routing calls an item. */
	const context = (item: number) => ({
		getNodeParameter: (_name: string, fallback: unknown) => fallback,
		getItemIndex: () => (world.toolQuestions ? 0 : item),
		getExecuteData: () => executeData,
		getNode: () => node,
		getCredentials,
		getExecutionCancelSignal: () => stop.signal,
		...(world.tellsEnd ? { onExecutionFinish: (handler: () => void) => void onFinish.push(handler) } : {}),
		continueOnFail: () => world.continueOnFail,
		helpers: {
			async httpRequestWithAuthentication(
				this: { getExecutionCancelSignal(): AbortSignal; getCredentials: typeof getCredentials },
				_type: string,
				options: IHttpRequestOptions,
			) {
				await this.getCredentials();
				return await acme.serve(options, this.getExecutionCancelSignal());
			},
		},
	});
	const calls: Called[] = [];

	async function call(item: number, tryIndex: number): Promise<Called> {
		const conversationId = world.conversations[item];
		const asked = world.toolQuestions?.[item];
		// The text is another one in each try, as with `{{ $now }}`; an AI Agent's is what its model said.
		const text = asked ?? `item-${item} in try ${tryIndex}`;
		const { waitForAnswer, maxConcurrency } = world;
		const { operations } = operation(
			provider,
			async (own) =>
				await answerOperation(own, {
					options: { ...OPTIONS, waitForAnswer, maxConcurrency } as unknown as AnswerOptions,
					conversationId,
					isCollected: false,
					question: JSON.stringify([conversationId, text]),
					source: () => new AcmeSource(own.connection, text),
				}),
			clock,
		);
		const called: Called = { item, try: tryIndex, settledAt: Number.POSITIVE_INFINITY };
		calls.push(called);
		await operations.pagination.call(context(item) as never, { options: { url: '' } } as never).then(
			(items) => (called.items = items),
			(error: Error) => (called.error = error),
		);
		called.settledAt = clock.now();
		return called;
	}

	/** The item indices of a tool are told apart by n8n's calls, those of a node come in one go. */
	async function nodeRun(): Promise<Called[]> {
		for (let tryIndex = 1; ; tryIndex++) {
			if (stop.signal.aborted) return [];
			const bad = world.bad && tryIndex <= world.bad.tries ? world.bad.item : undefined;
			const running = world.conversations.slice(0, bad).map(async (_, item) => await call(item, tryIndex));
			everything.push(...running);
			const isLast = tryIndex >= world.tries;
			if (bad !== undefined && !world.continueOnFail) {
				if (isLast) return []; // n8n's routing has thrown, the items in front are given up
			} else {
				const results = await Promise.all(running);
				const hasFailed = ({ error, items }: Called) => error !== undefined || items?.[0]?.json.error !== undefined;
				if (isLast || !results.some(hasFailed)) return results;
			}
			await clock.serverSleep(world.betweenTriesMs);
		}
	}

	async function toolCall(item: number): Promise<Called> {
		for (let tryIndex = 1; ; tryIndex++) {
			const result = call(item, tryIndex);
			everything.push(result);
			const called = await result;
			if (!called.error || tryIndex >= world.tries || stop.signal.aborted) return called;
			await clock.serverSleep(world.betweenTriesMs);
		}
	}

	const everything: Array<Promise<unknown>> = [];
	const execution = world.toolQuestions
		? Promise.all(world.toolQuestions.map(async (_, item) => await toolCall(item)))
		: nodeRun();
	let last: Called[] = [];
	let takenInAtEnd = 0;
	const hung = await clock
		.run(
			execution.then(async (results) => {
				last = results;
				takenInAtEnd = acme.takenIn.length;
				for (const finish of onFinish) finish();
				await Promise.all(everything);
			}),
		)
		.then(
			() => undefined,
			(error: Error) => error,
		);
	await clock.runOut();
	return { acme, calls, last, takenInAtEnd, clock, hung };
}

/** What is wrong with an outcome. */
export function wrongsOf(world: World, { acme, calls, last, takenInAtEnd, clock, hung }: Outcome): string[] {
	const wrongs: string[] = [];
	const say = (isWrong: boolean, text: string) => void (isWrong && wrongs.push(text));
	say(hung !== undefined, `it did not settle: ${String(hung?.message)}`);
	say(clock.pending > 0, `${clock.pending} timers were left behind`);
	for (const { id, cancels } of acme.takenIn) say(cancels > 1, `${id} was cancelled ${cancels} times`);
	say(world.tellsEnd && acme.takenIn.length > takenInAtEnd, 'questions were asked after the end of the execution');
	const stoppedAt = world.stopAt === undefined ? Number.POSITIVE_INFINITY : clock.startedAt + world.stopAt;
	say(
		acme.takenIn.some(({ at }) => at > stoppedAt),
		'questions were asked after Stop',
	);
	const isOf = (text: string, item: number) =>
		world.toolQuestions ? text === world.toolQuestions[item] : text.startsWith(`item-${item} `);
	for (const [item] of world.conversations.entries()) {
		const own = acme.takenIn.filter(({ text }) => isOf(text, item));
		if (!world.toolQuestions) say(own.length > 1, `item ${item} was asked ${own.length} times`);
	}
	if (world.toolQuestions) {
		say(acme.takenIn.length > calls.length, `${calls.length} calls of the tool asked ${acme.takenIn.length} times`);
	}
	for (const { item, items, error, settledAt } of calls) {
		const json = items?.[0]?.json;
		const failed = (json?.error ?? undefined) as IDataObject | undefined;
		const own = acme.takenIn.filter(({ text, at }) => isOf(text, item) && at <= settledAt);
		const status = failed?.status;
		say(
			status === 'notSent' && !world.toolQuestions && own.length > 0,
			`item ${item}: "notSent" of a question that is out`,
		);
		say(error !== undefined && /already|undefined|AskedTwice/.test(error.message), `item ${item}: ${error?.message}`);
		if (json?.status === 'completed') {
			say(!own.some(({ text }) => answerTo(text) === json.answer), `item ${item}: the answer ${String(json.answer)}`);
		}
		if (json?.status === 'running') say(own.length === 0, `item ${item}: "running", and nothing was asked`);
	}
	const isWhole = world.tries === 1 && world.credentialFaults === 0 && !world.toolQuestions;
	for (const conversation of isWhole ? ['a', 'b'] : []) {
		const order = acme.takenIn.filter((each) => each.conversation === conversation).map(({ text }) => text);
		say(
			order.join() !== [...order].sort().join(),
			`conversation ${conversation} was asked in the order ${order.join()}`,
		);
	}
	const isUntroubled = world.credentialFaults === 0 && world.faults.every((fault) => fault === undefined);
	if (isUntroubled && world.stopAt === undefined && world.pace * 14 < 600_000) {
		for (const { item, error } of last)
			say(error !== undefined, `item ${item} failed without a reason: ${error?.message}`);
	}
	return wrongs;
}

/** One seed from beginning to end. */
export async function tryRun(seed: number): Promise<{ world: World; outcome: Outcome; wrongs: string[] }> {
	const random = new Random(seed);
	const world = randomWorld(random);
	const outcome = await runIn(world, random);
	return { world, outcome, wrongs: wrongsOf(world, outcome) };
}
