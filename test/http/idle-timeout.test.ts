import { attempt } from '../../nodes/shared/attempt';
import { Silence, watched } from '../../nodes/shared/http/idle-timeout';
import { type ProviderConnection, requestJson } from '../../nodes/shared/http/requests';
import { type HttpReply, readBeginning, readText, type Transport } from '../../nodes/shared/http/transport';
import { Watchdog } from '../../nodes/shared/http/watchdog';
import { FakeClock } from '../following/fake-clock';

/* Timeout: Idle is a property of the wire: only a connection that is open can be silent. */

const SECOND = 1000;
const REQUEST = { method: 'GET' as const, path: '/' };

/** What a server does: sends a text, waits so many milliseconds, or hangs and does not notice that it is closed. */
type Part = string | number | 'hang';

function server(
	clock: FakeClock,
	replies: Array<{ after?: number; status?: number; headers?: HttpReply['headers']; parts: Part[] }>,
) {
	const signals: AbortSignal[] = [];
	const transport: Transport = async (_request, signal) => {
		const { after = 0, status = 200, headers = {}, parts } = replies[signals.length]!;
		signals.push(signal!);
		if (after > 0) await clock.serverSleep(after);
		return { status, headers, body: body(parts) };
	};
	async function* body(parts: Part[]) {
		for (const part of parts) {
			if (part === 'hang') await new Promise(() => undefined);
			else if (typeof part === 'number') await clock.serverSleep(part);
			else yield new TextEncoder().encode(part);
		}
	}
	return { transport: watched(transport, clock, { ms: 10 * SECOND }), signals };
}

async function outcome(clock: FakeClock, work: Promise<unknown>) {
	const result = await clock.run(attempt(async () => await work));
	expect(clock.pending).toBe(0);
	return result.worked ? result.value : result.error;
}

test('no headers for too long: the request is closed', async () => {
	const clock = new FakeClock();
	const { transport, signals } = server(clock, [{ after: 60 * SECOND, parts: [] }]);
	const sent = transport(REQUEST, undefined);
	const closed = clock.run(new Promise<void>((resolve) => signals[0]!.addEventListener('abort', () => resolve())));
	await closed;
	expect(clock.elapsed).toBe(10 * SECOND);
	expect(signals[0]!.reason).toEqual(new Silence(10 * SECOND));
	await clock.run(sent.catch(() => undefined));
});

test.each<[string, Part[], string | typeof Silence, number]>([
	['pieces that come in time', ['a', 9 * SECOND, 'b', 9 * SECOND, 'c'], 'abc', 18 * SECOND],
	['a pause that is too long', ['a', 11 * SECOND, 'b'], Silence, 10 * SECOND],
	['a body that hangs and does not notice', ['a', 'hang'], Silence, 10 * SECOND],
	['a body that hangs from the start', ['hang'], Silence, 10 * SECOND],
	['nothing at all', [], '', 0],
])('%s', async (_title, parts, expected, took) => {
	const clock = new FakeClock();
	const { transport, signals } = server(clock, [{ parts }]);
	const result = await outcome(clock, transport(REQUEST, undefined).then(readText));
	if (typeof expected === 'string') expect(result).toBe(expected);
	else expect(result).toBeInstanceOf(expected);
	expect(clock.elapsed).toBe(took);
	expect(signals[0]!.aborted).toBe(typeof expected !== 'string');
});

test('a body that is not read to its end is not watched any more', async () => {
	const clock = new FakeClock();
	const { transport } = server(clock, [{ parts: ['a', 'b', 'hang'] }]);
	const { body } = await transport(REQUEST, undefined);
	await readBeginning({ status: 200, headers: {}, body }, 1);
	expect(clock.pending).toBe(0);
});

test('what closes the connection ends the reading of a body that hangs, and the watch', async () => {
	const clock = new FakeClock();
	const { transport } = server(clock, [{ parts: ['a', 'hang'] }]);
	const stop = new AbortController();
	const reading = transport(REQUEST, stop.signal).then(readText);
	clock.at(3 * SECOND, () => stop.abort(new Error('stopped')));
	expect(await outcome(clock, reading)).toEqual(new Error('stopped'));
	expect(clock.elapsed).toBe(3 * SECOND);
});

test('waiting that the provider has asked for is no silence', async () => {
	const clock = new FakeClock();
	const { transport } = server(clock, [
		{ status: 429, headers: { 'retry-after': '60' }, parts: ['slow down'] },
		{ parts: ['{"id":', 9 * SECOND, '7}'] },
	]);
	const connection: ProviderConnection = {
		providerName: 'Acme',
		clock,
		transport,
		complaintOf: (status, _body, text) => (status >= 300 ? { text } : undefined),
	};
	expect(await outcome(clock, requestJson(connection, REQUEST, new AbortController().signal))).toEqual({ id: '7' });
	expect(clock.elapsed).toBe(69 * SECOND);
});

test('without a limit nothing is watched', async () => {
	const clock = new FakeClock();
	const reply: HttpReply = { status: 200, headers: {}, body: [] as never };
	const transport = watched(async () => await Promise.resolve(reply), clock, {});
	expect(await transport(REQUEST, undefined)).toBe(reply);
	expect(clock.pending).toBe(0);
});

describe('the clock of the computer is changed', () => {
	test.each([-3600, 3600])('by %d s: silence is noticed when it is due', async (seconds) => {
		const clock = new FakeClock();
		let noticedAt: number | undefined;
		new Watchdog(clock, 10 * SECOND, () => (noticedAt = clock.elapsed));
		clock.at(3 * SECOND, () => (clock.putOnBy = seconds * SECOND));
		await clock.runOut();
		expect(noticedAt).toBe(10 * SECOND);
	});
});
