import { TransferDeadline, transferSeconds } from '../../nodes/Reportify/transfer-deadline';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { FakeClock } from '../following/fake-clock';

const late = (seconds: number) => new ConversationFailure(`${seconds} seconds`, { code: 'timeout', hint: '' });

test.each([
	[0, 300],
	[1, 301],
	[10 * 1024 ** 2, 380],
	[100 * 1024 ** 2, 1100],
	[1024 ** 3, 8492],
])('%i bytes may take %i seconds', (bytes, seconds) => expect(transferSeconds(bytes)).toBe(seconds));

test('the time is over when it is over, and can be given anew', async () => {
	const clock = new FakeClock();
	const deadline = new TransferDeadline(clock, undefined, late);
	clock.at(299_000, () => deadline.allow(500));
	clock.at(798_000, () => expect(deadline.signal.aborted).toBe(false));
	await clock.runOut();
	expect(deadline.signal.reason).toMatchObject({ message: '500 seconds' });
	expect(clock.elapsed).toBe(799_000);
});

test('nothing is left behind when the transfer is over', async () => {
	const clock = new FakeClock();
	const deadline = new TransferDeadline(clock, undefined, late);
	deadline.end();
	await clock.runOut();
	expect(clock.pending).toBe(0);
	expect(deadline.signal.aborted).toBe(true); // which closes the connection
	expect(deadline.signal.reason).not.toBeInstanceOf(ConversationFailure);
});

test('Stop comes first', () => {
	const stop = new AbortController();
	const deadline = new TransferDeadline(new FakeClock(), stop.signal, late);
	stop.abort(new Error('stopped'));
	expect(deadline.signal.reason).toMatchObject({ message: 'stopped' });
});
