import { AskedTwice, Question } from '../../nodes/shared/following/question';
import { fc } from '../fuzz/seed';

/* The fate of one question: what may be done with it, and what an error says became of it. */

type Step = (question: Question) => void;
const sent: Step = (question) => question.sending();
const arrived: Step = (question) => question.arrived({ messageId: 'm-1' });
const turnedAway: Step = (question) => question.turnedAway();
const doubted: Step = (question) => question.doubted();
const failed: Step = (question) => question.ended('failed');
const cancelled: Step = (question) => question.ended('cancelled');
const disowned: Step = (question) => question.disowned();

test.each<[string, Step[], string, boolean]>([
	['new', [], 'notSent', true],
	['being sent', [sent], 'unknown', false],
	['turned away', [sent, turnedAway], 'notSent', true],
	['turned away after the provider had named a message for it', [sent, arrived, turnedAway], 'notSent', true],
	['arrived', [sent, arrived], 'running', false],
	['begun to be answered, without a name', [sent, arrived, doubted], 'unknown', false],
	['found again', [sent, arrived, doubted, arrived], 'running', false],
	['failed', [sent, arrived, failed], 'failed', false],
	['cancelled', [sent, arrived, cancelled], 'cancelled', false],
	['cancelled behind its failure', [sent, arrived, failed, cancelled], 'failed', false],
	['refused in its stream, and therefore never asked', [sent, arrived, turnedAway, failed], 'notSent', true],
	['of a message that the provider does not know', [sent, arrived, disowned], 'unknown', false],
])('a question that is %s', (_title, steps, status, mayBeSent) => {
	const question = new Question({ conversationId: 'c-1' });
	for (const step of steps) step(question);
	expect(question).toMatchObject({ status, mayBeSent });
});

test('a question that was asked elsewhere is out, under the ids that the user has given', () => {
	const question = Question.askedBefore({ conversationId: 'c-1', messageId: 'm-1' });
	expect(question).toMatchObject({ mayBeSent: false, hasArrived: true, status: 'running', wasNamed: false });
});

test('ids that the provider leaves out stay as they are', () => {
	const question = new Question({ conversationId: 'c-1' });
	question.learn({ conversationUrl: 'https://acme.example/c-1', messageId: undefined });
	question.learn({ messageId: 'm-1' });
	question.learn(undefined);
	expect(question.ids).toEqual({
		conversationId: 'c-1',
		messageId: 'm-1',
		conversationUrl: 'https://acme.example/c-1',
	});
	expect(question.wasNamed).toBe(true);
});

test('the message of a question that was turned away is not the one of the next asking', () => {
	const question = new Question({ conversationId: 'c-1' });
	question.sending();
	question.arrived({ messageId: 'm-1' });
	question.turnedAway();
	expect(question.ids).toEqual({ conversationId: 'c-1' });
	expect(question.wasNamed).toBe(false);
});

test('whatever happens: it is sent a second time only after it was turned away', () => {
	const steps = fc.array(fc.constantFrom('send', 'arrive', 'turn away', 'doubt', 'fail', 'cancel', 'disown'));
	fc.assert(
		fc.property(steps, (names) => {
			const question = new Question();
			let isOut = false;
			for (const name of names) {
				if (name === 'send') {
					if (isOut) expect(() => question.sending()).toThrow(AskedTwice);
					else question.sending();
					isOut = true;
				}
				if (name === 'arrive' && isOut) question.arrived();
				if (name === 'turn away' && isOut) {
					question.turnedAway();
					isOut = false;
				}
				if (name === 'doubt' && isOut) question.doubted();
				if (name === 'fail') question.ended('failed');
				if (name === 'cancel') question.ended('cancelled');
				if (name === 'disown') question.disowned();
				expect(question.mayBeSent).toBe(!isOut);
				if (isOut) expect(question.status).not.toBe('notSent');
			}
		}),
	);
});

test('the provider is told to stop once, whoever wants that', async () => {
	const question = new Question();
	let told = 0;
	const tell = async () => await Promise.resolve(++told === 1);
	expect(await Promise.all([1, 2, 3].map(async () => await question.cancelOnce(tell)))).toEqual([true, true, true]);
	expect(told).toBe(1);
});
