import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import type { AnswerSource } from '../../nodes/shared/following/answer-source';
import { follow } from '../../nodes/shared/following/follow';
import { Question } from '../../nodes/shared/following/question';
import { Watchdog } from '../../nodes/shared/http/watchdog';
import { FakeClock } from './fake-clock';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

jest.setTimeout(60_000);

const MEGABYTE = 1024 * 1024;
const EVENTS = 60_000;

test.each([
	['with ids', (at: number) => ({ event_id: `019b24ef23a1f4da18256b40${at}`, offset: at })],
	['with offsets only', (at: number) => ({ offset: at })],
])('what a long stream leaves behind is its answer, nothing per event (%s)', async (_title, position) => {
	const clock = new FakeClock();
	const encoder = new TextEncoder();
	const used: number[] = [];
	const listeners: number[] = [];
	let connection: AbortSignal | undefined;

	async function* body() {
		for (let at = 0; at < EVENTS; at++) {
			if (at % (EVENTS / 4) === 0) {
				collectGarbage();
				used.push(process.memoryUsage().heapUsed);
				listeners.push(getEventListeners(connection!, 'abort').length);
			}
			const event = { ...position(at), event_type: 'mood_changed', content: `not text ${'x'.repeat(150)}` };
			yield encoder.encode(`data: ${JSON.stringify(event)}\n\n`);
		}
		yield encoder.encode('data: {"event_type":"streaming","content":"a"}\n\ndata: {"event_type":"workflow_end"}\n\n');
	}
	const source: AnswerSource = {
		providerName: 'Acme',
		composition: 'everything',
		createDecoder: () => new ReportifyEvents(),
		ask: async (_ids, signal) => {
			connection = signal;
			return { body: body(), ids: { messageId: 'm' } };
		},
	};
	const answer = await clock.run(
		follow(source, {
			clock,
			maxDurationMs: 10_000,
			lookUpPatienceMs: 0,
			onTimeout: 'leaveRunning',
			keepSteps: false,
			keepEvents: false,
			question: new Question(),
		}),
	);
	expect(answer).toMatchObject({ text: 'a', eventCount: EVENTS + 2 });
	// 45,000 events of 250 bytes lie between the second measurement and the last one: 11 MB.
	expect(used.at(-1)! - used[1]!).toBeLessThan(1.5 * MEGABYTE);
	expect(Math.max(...listeners)).toBeLessThanOrEqual(2);
	expect(clock.pending).toBe(0);
});

test('a watchdog that was stopped holds nothing, though n8n before 2.34 lets its timer run on', async () => {
	const timers: unknown[] = [];
	const clock = Object.assign(new FakeClock(), {
		sleep: async () => await new Promise<void>((resolve) => timers.push(resolve)),
	});
	const watched = () => {
		const answer = { text: 'x'.repeat(1000) };
		new Watchdog(clock, 1000, () => timers.push(answer)).stop();
		return new WeakRef(answer);
	};
	const answer = watched();
	await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the current turn is over
	collectGarbage();
	expect(timers).toHaveLength(1);
	expect(answer.deref()).toBeUndefined();
});
