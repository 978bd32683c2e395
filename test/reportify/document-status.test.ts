import { documentReady } from '../../nodes/Reportify/document-status';
import { ReportifyApi, reportifyComplaint } from '../../nodes/Reportify/reportify-api';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { FakeClock } from '../following/fake-clock';

/** What Reportify answers, one after the other; the last one stays. */
function waiting(clock: FakeClock, replies: Array<[status: number, body: string]>, stop?: AbortSignal) {
	const askedAt: number[] = [];
	const transport = async () => {
		const [status, body] = replies[Math.min(askedAt.length, replies.length - 1)]!;
		askedAt.push(clock.elapsed / 1000);
		return {
			status,
			headers: {},
			body: (async function* () {
				yield Buffer.from(body);
			})(),
		};
	};
	const api = new ReportifyApi({ providerName: 'Reportify', transport, clock, complaintOf: reportifyComplaint });
	return { askedAt, ready: documentReady({ api, clock, stop }, 'doc-1') };
}

const says = (status: string): [number, string] => [200, JSON.stringify({ id: 'doc-1', status })];
const UNKNOWN: [number, string] = [404, '{"detail":"Document not found"}'];

const failureOf = async (promise: Promise<unknown>): Promise<ConversationFailure> => {
	const failure: unknown = await promise.then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(failure).toBeInstanceOf(ConversationFailure);
	return failure as ConversationFailure;
};

test.each(['completed', 'Completed', ' COMPLETED '])('%j ends the waiting at once', async (status) => {
	const clock = new FakeClock();
	const { ready, askedAt } = waiting(clock, [says(status)]);
	expect((await clock.run(ready)).status).toBe(status);
	expect([askedAt, clock.elapsed]).toEqual([[0], 0]);
});

test('it is asked less and less often, and never seldom', async () => {
	const clock = new FakeClock();
	const busy = Array.from({ length: 20 }, () => says('processing'));
	const { ready, askedAt } = waiting(clock, [says('pending'), ...busy, says('completed')]);
	await clock.run(ready);
	const pauses = askedAt.slice(1).map((at, index) => at - askedAt[index]!);
	expect(pauses.slice(0, 3)).toEqual([1, 1.5, 2.25]);
	expect(Math.max(...pauses)).toBeCloseTo(15);
	expect(clock.pending).toBe(0);
});

test.each(['pending', 'processing', 'a word that nobody knows'])(
	'%j for ever is an error in the end',
	async (status) => {
		const clock = new FakeClock();
		const failure = await clock.run(failureOf(waiting(clock, [says(status)]).ready));
		expect(failure).toMatchObject({
			message: 'The document was not ready within 1800 seconds',
			details: { code: 'document_not_ready', hint: expect.stringContaining('doc-1') },
		});
		expect(failure.details.hint).toContain(status);
		expect(clock.elapsed / 1000).toBeLessThan(1820);
	},
);

test('a document that was just uploaded need not be known yet', async () => {
	const clock = new FakeClock();
	expect((await clock.run(waiting(clock, [UNKNOWN, UNKNOWN, says('completed')]).ready)).status).toBe('completed');
});

test('one that stays unknown is an error after half a minute', async () => {
	const clock = new FakeClock();
	const failure = await clock.run(failureOf(waiting(clock, [UNKNOWN]).ready));
	expect(failure.details).toMatchObject({ code: 'not_found', hint: expect.stringContaining('is uploaded') });
	expect(clock.elapsed / 1000).toBeLessThan(60);
});

test('a hiccup of the server is over by itself', async () => {
	const clock = new FakeClock();
	const { ready } = waiting(clock, [[503, ''], says('processing'), [502, ''], says('completed')]);
	expect((await clock.run(ready)).status).toBe('completed');
});

test('what failed says why', async () => {
	const clock = new FakeClock();
	const body = '{"id":"doc-1","status":"failed","error":"The PDF is protected"}';
	const failure = await clock.run(failureOf(waiting(clock, [says('processing'), [200, body]]).ready));
	expect(failure).toMatchObject({
		message: 'Reportify could not prepare the document',
		details: { code: 'document_failed', providerText: 'The PDF is protected' },
	});
});

test('Stop wakes it', async () => {
	const clock = new FakeClock();
	const stop = new AbortController();
	clock.at(5_000, () => stop.abort(new Error('stopped')));
	await expect(clock.run(waiting(clock, [says('processing')], stop.signal).ready)).rejects.toThrow('stopped');
	expect(clock.elapsed).toBe(5_000);
});
