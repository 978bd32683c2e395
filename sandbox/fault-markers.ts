import { parseFault, type Fault, type FaultInput } from './faults';

type Groups = Record<string, string | undefined>;
/** A fault without its target, which the marker's ending (`on events`, `twice`) adds. */
type FaultCore = FaultInput extends infer F ? (F extends FaultInput ? Omit<F, 'times' | 'operation'> : never) : never;

interface Phrase {
	/** What people write, shown in the README and at `GET /__sandbox`. */
	readonly example: string;
	readonly meaning: string;
	readonly pattern: RegExp;
	build(groups: Groups): FaultCore;
}

const POSITION = String.raw`(?:\s+(?:after\s+(?<amount>\d+)\s*(?<unit>events?|bytes?)?|(?<last>before the end)))?`;

function position({ amount, unit, last }: Groups): {
	afterEvents?: number;
	afterBytes?: number;
	beforeTerminal?: true;
} {
	if (last !== undefined) return { beforeTerminal: true };
	const number = Number(amount ?? 0);
	return unit?.startsWith('byte') ? { afterBytes: number } : { afterEvents: number };
}

/** The sentences understood inside `[fault: …]`. */
export const FAULT_PHRASES: readonly Phrase[] = [
	{
		example: 'cut after 3 events',
		meaning: 'the answer stops without an error; also "after 200 bytes" or "before the end"',
		pattern: RegExp(`^cut${POSITION}$`),
		build: (g) => ({ kind: 'cut', how: 'end', ...position(g) }),
	},
	{
		example: 'close after 3 events',
		meaning: 'the connection is closed in the middle of the answer',
		pattern: RegExp(`^close${POSITION}$`),
		build: (g) => ({ kind: 'cut', how: 'close', ...position(g) }),
	},
	{
		example: 'reset after request',
		meaning: 'the question arrives, then the connection is reset before any answer',
		pattern: /^reset after request$/,
		build: () => ({ kind: 'reset-after-request' }),
	},
	{
		example: 'reset after 3 events',
		meaning: 'TCP reset in the middle of the answer',
		pattern: RegExp(`^reset${POSITION}$`),
		build: (g) => ({ kind: 'cut', how: 'reset', ...position(g) }),
	},
	{
		example: 'stall after 3 events',
		meaning: 'the connection stays open, but nothing more comes',
		pattern: RegExp(`^stall${POSITION}$`),
		build: (g) => ({ kind: 'stall', ...position(g) }),
	},
	{
		example: 'heartbeats after 3 events every 500 ms',
		meaning: 'from then on only comment lines',
		pattern: RegExp(String.raw`^heartbeats?${POSITION}(?:\s+every\s+(?<ms>\d+)\s*ms)?$`),
		build: (g) => ({ kind: 'heartbeats', everyMs: Number(g.ms ?? 100), ...position(g) }),
	},
	{
		example: 'comments',
		meaning: 'a comment line before each event',
		pattern: /^comments?$/,
		build: () => ({ kind: 'comments' }),
	},
	{
		example: 'split 1,2,3,7',
		meaning: 'the answer leaves in writes of 1, 2, 3, 7, 1, 2 … bytes',
		pattern: /^split\s+(?<sizes>\d+(?:\s*,\s*\d+)*)$/,
		build: (g) => ({ kind: 'split', writes: numbers(g.sizes) }),
	},
	{
		example: 'split at 10,500',
		meaning: 'the answer is split at these byte positions',
		pattern: /^split\s+at\s+(?<positions>\d+(?:\s*,\s*\d+)*)$/,
		build: (g) => ({ kind: 'split', at: numbers(g.positions) }),
	},
	{
		example: 'error after 3 events',
		meaning: 'the agent itself fails with an error event; a message may follow in quotes',
		pattern: /^error(?:\s+after\s+(?<amount>\d+)\s*(?:events?)?)?(?:\s+"(?<message>[^"]*)")?$/,
		build: (g) => ({ kind: 'error-event', afterEvents: Number(g.amount ?? 0), message: g.message }),
	},
	{
		example: 'late end 2000 ms',
		meaning: 'the event that ends the answer comes late',
		pattern: /^late end\s+(?<ms>\d+)\s*ms$/,
		build: (g) => ({ kind: 'late-terminal', ms: Number(g.ms) }),
	},
	{
		example: 'status 429 retry after 2',
		meaning: 'an HTTP error; the seconds become a Retry-After header',
		pattern: /^status\s+(?<status>\d{3})(?:\s+retry after\s+(?<seconds>\d+))?$/,
		build: (g) => ({
			kind: 'status',
			status: Number(g.status),
			headers: g.seconds === undefined ? undefined : { 'Retry-After': g.seconds },
		}),
	},
	{
		example: 'json error',
		meaning: 'HTTP 200 with an error in a JSON body instead of an answer; a message may follow in quotes',
		pattern: /^json error(?:\s+"(?<message>[^"]*)")?$/,
		build: (g) => ({ kind: 'json-200', message: g.message }),
	},
	{
		example: 'login page',
		meaning: 'HTTP 200 with an HTML page instead of an answer',
		pattern: /^(?:login page|html)$/,
		build: () => ({ kind: 'html' }),
	},
	{
		example: 'duplicate events',
		meaning: 'every event comes twice',
		pattern: /^duplicate(?: events)?$/,
		build: () => ({ kind: 'duplicate' }),
	},
	{
		example: 'unknown event after 2',
		meaning: 'an event of an unknown type in between',
		pattern: /^unknown event(?:\s+after\s+(?<amount>\d+)\s*(?:events?)?)?$/,
		build: (g) => ({ kind: 'unknown-event', afterEvents: Number(g.amount ?? 0) }),
	},
	{
		example: 'broken json after 2',
		meaning: 'an event that is not valid JSON in between',
		pattern: /^broken json(?:\s+after\s+(?<amount>\d+)\s*(?:events?)?)?$/,
		build: (g) => ({ kind: 'malformed', afterEvents: Number(g.amount ?? 0) }),
	},
	{
		example: 'lose events 2,3',
		meaning: 'these events (0 = first) never arrive',
		pattern: /^lose events?\s+(?<events>\d+(?:\s*,\s*\d+)*)$/,
		build: (g) => ({ kind: 'drop', events: numbers(g.events) }),
	},
	{
		example: 'refuse',
		meaning: 'the connection breaks before the request is read',
		pattern: /^refuse$/,
		build: () => ({ kind: 'refuse' }),
	},
	{
		example: 'silence',
		meaning: 'the question arrives, no response ever comes',
		pattern: /^silence$/,
		build: () => ({ kind: 'silence' }),
	},
	{
		example: 'delay 2000 ms',
		meaning: 'the response starts late',
		pattern: /^delay\s+(?<ms>\d+)\s*ms$/,
		build: (g) => ({ kind: 'delay', ms: Number(g.ms) }),
	},
	{
		example: 'no id header',
		meaning: 'the header with the message id is missing',
		pattern: /^no id header$/,
		build: () => ({ kind: 'drop-header' }),
	},
	{
		example: 'no header Content-Disposition',
		meaning: 'this response header is missing',
		pattern: /^no header\s+(?<header>[\w-]+)$/,
		build: (g) => ({ kind: 'drop-header', header: g.header }),
	},
	{
		example: 'gzip',
		meaning: 'the body is compressed',
		pattern: /^gzip$/,
		build: () => ({ kind: 'gzip' }),
	},
];

function numbers(list: string | undefined): number[] {
	return (list ?? '').split(',').map(Number);
}

const TIMES: Record<string, number> = { once: 1, twice: 2, always: 0 };

/**
 * Reads the text of a `[fault: …]` marker: a phrase from the table above or a fault as JSON, optionally followed by
 * `on <operation>` and `once`, `twice`, `3 times` or `always`. Throws with a readable message when it is neither.
 */
export function parseFaultPhrase(text: string): Fault {
	const trimmed = text.trim();
	if (trimmed.startsWith('{')) return parseFault(JSON.parse(trimmed));
	let phrase = trimmed.replace(/\s+/g, ' ');
	let times: number | undefined;
	let operation: string | undefined;
	// The two endings may come in either order.
	for (let round = 0; round < 2; round++) {
		phrase = phrase.replace(/ (once|twice|always|\d+ times)$/i, (_, word: string) => {
			times = TIMES[word.toLowerCase()] ?? parseInt(word, 10);
			return '';
		});
		phrase = phrase.replace(/ on ([a-z.-]+|\*)$/i, (_, name: string) => {
			operation = name.toLowerCase() === 'resume' ? 'events' : name;
			return '';
		});
	}
	for (const { pattern, build } of FAULT_PHRASES) {
		const match = RegExp(pattern.source, 'i').exec(phrase);
		if (match !== null) return parseFault({ ...build(match.groups ?? {}), times, operation });
	}
	const known = FAULT_PHRASES.map(({ example }) => `[fault: ${example}]`).join(', ');
	throw new Error(`The sandbox does not know the fault "${trimmed}". Known faults: ${known}`);
}
