import { TransportFailure } from '../../nodes/shared/http/transport';
import { followed, MINUTE, type Run } from './run';
import { done, say, type Script, sent } from './scripted-source';

/* n8n's Stop: the local stream is closed at once, the provider is told once, and not at all after the end. */

const reset = () => new TransportFailure('maybe', 'ECONNRESET');

function expectStopped(run: Run<unknown>, at: number): void {
	expect(run.answer).toBeUndefined();
	expect(run.failure).toMatchObject({ message: 'The execution was stopped', details: { code: 'stopped' } });
	expect(run.took).toBe(at);
}

test('before anything began: nothing is asked, nothing is cancelled', async () => {
	const run = await followed({ asks: [], cancels: [], locates: [] }, { stopAt: -1 });
	expectStopped(run, 0);
	expect(run.failure?.details).toMatchObject({ status: 'notSent', hint: 'The question had not been asked.' });
	expect(run.calls).toEqual([]);
});

test('before an answer that is to be collected was read: cancelled all the same', async () => {
	const run = await followed(
		{ asks: [], resumes: [], cancels: [undefined] },
		{ stopAt: -1, asked: 'yes', ids: { conversationId: 'c-1', messageId: 'm-1' } },
	);
	expectStopped(run, 0);
	expect(run.calls).toEqual(['cancel']);
});

test('while the conversation is made: nothing is cancelled', async () => {
	const run = await followed({ open: ['no reply'], asks: [], cancels: [], locates: [] }, { stopAt: 300, ids: {} });
	expectStopped(run, 300);
	expect(run.calls).toEqual(['open']);
});

test('while the question is being sent: found, then cancelled', async () => {
	const run = await followed(
		{ asks: ['no reply'], locates: [undefined, { messageId: 'm-2' }], cancels: [undefined] },
		{ stopAt: 300 },
	);
	expectStopped(run, 300);
	// The first look may come before the provider has the question.
	expect(run.source.calls).toEqual(['ask @0', 'locate @300', 'locate @1050', 'cancel @1050']);
});

test('while the question is being sent, and it is nowhere: looked for three times, nothing to cancel', async () => {
	const run = await followed(
		{ asks: ['no reply'], locates: [undefined, reset(), undefined], cancels: [] },
		{ stopAt: 300 },
	);
	expectStopped(run, 300);
	expect(run.calls).toEqual(['ask', 'locate', 'locate', 'locate']);
	expect(run.failure?.details.hint).toBe('The answer had no ID yet. Unless it can be found, the agent goes on.');
});

test('in the middle of the stream: closed at once, cancelled once', async () => {
	const run = await followed(
		{ asks: [[say(1, 'Half'), 'hang']], resumes: [], looks: [], locates: [], cancels: [undefined] },
		{ stopAt: 5000 },
	);
	expectStopped(run, 5000);
	expect(run.source.calls).toEqual(['ask @0', 'cancel @5000']);
	expect(run.failure).toMatchObject({
		details: { hint: 'The agent was told to stop.' },
		progress: { partialAnswer: 'Half', lastOffset: 1, messageId: 'm-1' },
	});
});

test.each<[string, Script, number]>([
	['while it waits to read on', { asks: [[say(1, 'Half')]], resumes: [], looks: [] }, 100],
	['while it is reading on', { asks: [[say(1, 'Half')]], resumes: [['hang']], looks: [] }, 2000],
	['while the connection to read on is made', { asks: [[say(1, 'Half')]], resumes: ['no reply'] }, 2000],
	['while it looks the answer up', { asks: [[say(1, 'Half')]], looks: ['no reply'] }, 2000],
	['while it waits to look again', { asks: [[say(1, 'Half')]], looks: [{ state: 'running' }] }, 100],
	['while the connection is silent', { asks: [['hang']], resumes: [] }, MINUTE],
])('%s: at once, cancelled once', async (_title, script, stopAt) => {
	const run = await followed({ ...script, cancels: [undefined] }, { stopAt });
	expectStopped(run, stopAt);
	expect(run.calls.filter((call) => call === 'cancel')).toHaveLength(1);
	expect(run.source.calls.at(-1)).toBe(`cancel @${stopAt}`);
});

test('while a question that broke is looked for: found anew, then cancelled', async () => {
	const run = await followed(
		{ asks: [reset()], locates: ['no reply', { messageId: 'm-2' }], cancels: [undefined] },
		{ stopAt: 1000 },
	);
	expectStopped(run, 1000);
	expect(run.calls).toEqual(['ask', 'locate', 'locate', 'cancel']);
});

test('the provider cannot be told, or refuses: the execution ends all the same', async () => {
	const deaf = await followed({ asks: [['hang']] }, { stopAt: 1000 });
	expectStopped(deaf, 1000);
	expect(deaf.failure?.details.hint).toContain('cannot be told to stop');
	const refusing = await followed({ asks: [['hang']], cancels: [reset()] }, { stopAt: 1000 });
	expectStopped(refusing, 1000);
});

test('after the terminal event, while the usage is waited for: the answer stands, nothing is cancelled', async () => {
	const run = await followed(
		{ asks: [[say(1, 'Whole'), done(2), 'hang']], eventsAfterEnd: true, cancels: [] },
		{ stopAt: 500 },
	);
	expect(run.answer).toMatchObject({ text: 'Whole', status: 'completed' });
	expect(run.calls).toEqual(['ask']);
});

test('after the end: nothing is cancelled', async () => {
	const run = await followed({ asks: [[say(1, 'Whole'), done(2)]], cancels: [] }, { stopAt: 500 });
	expect(run.answer?.text).toBe('Whole');
	expect(run.calls).toEqual(['ask']);
});

test('while a timed-out run is being cancelled already: once is enough', async () => {
	const run = await followed(
		{ asks: [['hang']], cancels: [undefined], cancelTakes: 1000 },
		{ onTimeout: 'cancel', maxDurationMs: MINUTE, stopAt: MINUTE + 500 },
	);
	expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'cancelled' } });
	expect(run.calls).toEqual(['ask', 'cancel']);
});

test('the last word of a run that was cancelled by somebody else is its answer so far', async () => {
	const run = await followed({ asks: [[say(1, 'Half'), sent({ offset: 2, end: 'cancelled' })]], cancels: [] });
	expect(run.answer).toMatchObject({ status: 'cancelled', text: 'Half' });
});
