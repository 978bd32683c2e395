import { getEventListeners } from 'node:events';
import { type BodyListener, readBody } from '../../nodes/shared/following/body-reader';
import type { Frame } from '../../nodes/shared/frames/frame';
import { Watchdog } from '../../nodes/shared/http/watchdog';
import { FakeClock } from './fake-clock';

const bytes = (text: string) => new TextEncoder().encode(text);

function listener(enough = Infinity): BodyListener & { frames: Frame[]; pieces: number } {
	const frames: Frame[] = [];
	return {
		frames,
		pieces: 0,
		onBytes() {
			this.pieces++;
		},
		onFrames(more) {
			frames.push(...more);
			return frames.length < enough;
		},
	};
}

/** A body that counts how often it was read, and whether it was told that nobody reads on. */
function body(parts: string[], atEnd: () => Promise<IteratorResult<Uint8Array>>) {
	let reads = 0;
	let returned = 0;
	const iterable = {
		[Symbol.asyncIterator]: () => ({
			async next(): Promise<IteratorResult<Uint8Array>> {
				const part = parts[reads++];
				return part === undefined ? await atEnd() : { done: false, value: bytes(part) };
			},
			async return(): Promise<IteratorResult<Uint8Array>> {
				returned++;
				return await new Promise(() => undefined); // n8n's streams hang here
			},
		}),
		counts: () => ({ reads, returned }),
	};
	return iterable;
}

const end = async (): Promise<IteratorResult<Uint8Array>> => ({ done: true, value: undefined });
const silence = async (): Promise<IteratorResult<Uint8Array>> => await new Promise(() => undefined);

test('reads to the end, and leaves no listener on the signal', async () => {
	const { signal } = new AbortController();
	const heard = listener();
	const parts = Array.from({ length: 5000 }, (_each, at) => `data: ${at}\n\n`);
	const result = await readBody(body(parts, end), signal, heard);
	expect(result).toEqual({ frames: [], cutInside: false, unfinished: undefined });
	expect(heard.frames).toHaveLength(5000);
	expect(heard.pieces).toBe(5000);
	expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('never more than one listener at a time', async () => {
	const { signal } = new AbortController();
	let most = 0;
	const heard = listener();
	heard.onBytes = () => (most = Math.max(most, getEventListeners(signal, 'abort').length));
	await readBody(body(['data: a\n\n', 'data: b\n\n', 'data: c\n\n'], end), signal, heard);
	expect(most).toBeLessThanOrEqual(1);
});

test('stops reading when the listener has enough; the body is left alone', async () => {
	const source = body(['data: a\n\n', 'data: b\n\n', 'data: c\n\n'], end);
	expect(await readBody(source, new AbortController().signal, listener(2))).toBeUndefined();
	expect(source.counts()).toEqual({ reads: 2, returned: 0 });
});

test('a body that hangs does not hold up the one who aborts', async () => {
	const connection = new AbortController();
	const reading = readBody(body(['data: a\n\n'], silence), connection.signal, listener());
	const reason = new Error('stopped');
	setImmediate(() => connection.abort(reason));
	await expect(reading).rejects.toBe(reason);
	expect(getEventListeners(connection.signal, 'abort')).toHaveLength(0);
});

test('a body that breaks after the abort is nobody’s business', async () => {
	const connection = new AbortController();
	let breakIt: (error: Error) => void = () => undefined;
	const late = async () => await new Promise<IteratorResult<Uint8Array>>((_resolve, reject) => (breakIt = reject));
	const reading = readBody(body([], late), connection.signal, listener());
	setImmediate(() => connection.abort(new Error('stopped')));
	await expect(reading).rejects.toThrow('stopped');
	breakIt(new Error('late'));
	await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would end the test run here
});

test('a signal that was aborted before: not a byte is read', async () => {
	const source = body(['data: a\n\n'], end);
	await expect(readBody(source, AbortSignal.abort(new Error('stopped')), listener())).rejects.toThrow('stopped');
	expect(source.counts().reads).toBe(0);
});

test('what the body throws comes through', async () => {
	const broken = async () => await Promise.reject<IteratorResult<Uint8Array>>(new Error('ECONNRESET'));
	await expect(readBody(body(['data: a\n\n'], broken), new AbortController().signal, listener())).rejects.toThrow(
		'ECONNRESET',
	);
});

describe('the watchdog', () => {
	test('calls after the patience, once', async () => {
		const clock = new FakeClock();
		const called: number[] = [];
		new Watchdog(clock, 1000, () => called.push(clock.elapsed));
		await clock.runOut();
		expect(called).toEqual([1000]);
	});

	test('starts anew when it is fed, with one timer at a time', async () => {
		const clock = new FakeClock();
		const called: number[] = [];
		const dog = new Watchdog(clock, 1000, () => called.push(clock.elapsed));
		let most = 0;
		for (const at of [300, 600, 1100, 1900]) {
			clock.at(at, () => {
				dog.feed();
				most = Math.max(most, clock.pending);
			});
		}
		await clock.runOut();
		expect(called).toEqual([2900]);
		expect(most).toBe(1);
	});

	test('leaves no timer behind when it is stopped', async () => {
		const clock = new FakeClock();
		const dog = new Watchdog(clock, 1000, () => {
			throw new Error('called after stop');
		});
		clock.at(500, () => dog.stop());
		await clock.runOut();
		expect(clock.elapsed).toBe(500);
	});

	test('a clock that does not heed the signal does no harm', async () => {
		const clock = new FakeClock();
		let called = false;
		const dog = new Watchdog(
			{
				now: () => clock.now(),
				ticks: () => clock.ticks(),
				random: () => 0,
				timeout: (ms) => clock.timeout(ms),
				sleep: async (ms) => await clock.sleep(ms),
			},
			1000,
			() => (called = true),
		);
		clock.at(500, () => dog.stop());
		await clock.runOut();
		expect(called).toBe(false);
	});
});
