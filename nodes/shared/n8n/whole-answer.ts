import { ConversationFailure } from '../failures/conversation-failure';
import type { FollowedAnswer } from '../following/follow';
import type { OperationCall } from './operation';

/**
 * For items that are made of parts of an answer: they have no place to say that it is not whole.
 *
 * @param missing what such items may lack, as a sentence
 * @throws ConversationFailure when the answer is not whole
 */
export function assertWhole({ provider }: OperationCall, { status }: FollowedAnswer, missing: string): void {
	if (status === 'running') {
		throw new ConversationFailure(`The answer of ${provider.name} is not finished yet`, {
			code: 'not_finished',
			hint: `${missing} With Output: Answer you get what had been written, marked as running.`,
			status,
		});
	}
	if (status === 'cancelled') {
		throw new ConversationFailure(`The answer of ${provider.name} was cancelled before it was whole`, {
			code: 'cancelled',
			hint: `${missing} With Output: Answer you get what had been written, marked as cancelled.`,
			status,
		});
	}
}
