import { lookUpMessage } from '../../nodes/Reportify/message-look-up';
import { ReportifyApi, reportifyError } from '../../nodes/Reportify/reportify-api';
import { FakeClock } from '../following/fake-clock';
import { answerOf, end, start, streaming } from './decoder';

/** The types of events and the states of messages are open lists: words beside the documented ones. */

const { signal } = new AbortController();

async function listedAs(status: unknown): Promise<object> {
	const message = { role: 'assistant', assistant_message_id: 'm', status, content: { text: 'the answer' } };
	const api = new ReportifyApi({
		providerName: 'Reportify',
		clock: new FakeClock(),
		errorOf: reportifyError,
		transport: async ({ path }) => {
			const body = /\/messages(?:\?|$)/.test(path) ? { messages: [message] } : { assistant_events: [] };
			async function* bytes() {
				yield new TextEncoder().encode(await Promise.resolve(JSON.stringify(body)));
			}
			return await Promise.resolve({ status: 200, headers: {}, body: bytes() });
		},
	});
	return await lookUpMessage(api, '1', 'm', signal);
}

test.each<[string, string[], object]>([
	['whole', ['completed', 'COMPLETED', 'complete', 'done', 'finished', 'succeeded'], { state: 'completed' }],
	['cancelled', ['cancelled', ' canceled', 'stopped', 'aborted', 'interrupted'], { state: 'cancelled' }],
	['failed', ['failed', 'Failure', 'error', 'timeout', 'timed_out', 'expired', 'rejected'], { state: 'failed' }],
	['being written', ['running', 'in_progress', 'In Progress', 'queued', 'pending'], { state: 'running', said: true }],
	['nobody knows what', ['incomplete', 'archived', ''], { state: 'running', said: false }],
])('a message that is %s', async (_what, words, expected) => {
	for (const status of words) expect(await listedAs(status)).toMatchObject(expected);
});

test.each<[string, object]>([
	['an error without a type', { error: 'bad' }],
	['an error object without a type', { error: { message: 'bad' } }],
	['what a gateway says', { code: 502, message: 'bad' }],
	['an error in other letters', { event_type: 'ERROR', content: 'bad' }],
	['an exception', { event_type: 'exception', content: 'bad' }],
])('%s in mid-stream: half an answer is no whole one', (_what, event) => {
	expect(answerOf([start('r'), streaming('half'), event, end('r')]).outcome).toMatchObject({
		status: 'failed',
		error: { text: 'bad' },
	});
});

test.each(['aborted', 'stopped', 'workflow_interrupted', 'Cancelled'])(
	'the event %s ends a run early',
	(event_type) => {
		expect(answerOf([start('r'), streaming('half'), { event_type }, end('r')]).outcome?.status).toBe('cancelled');
	},
);

test('types in other letters, and pieces that came as numbers', () => {
	const events = ['The ', 42, ' apples'].map((content) => ({ event_type: 'Streaming', content }));
	const answer = answerOf([start('r'), ...events, { event_type: 'WORKFLOW_END', run_id: 'r' }]);
	expect([answer.outcome?.status, answer.toString()]).toEqual(['completed', 'The 42 apples']);
});
