import { ConversationFailure } from '../failures/conversation-failure';
import { InvalidParameter } from '../failures/invalid-parameter';
import { refusalFailure, RequestRefused } from '../http/http-error';
import { brokenConnection, lateReply, replyTooLarge } from '../http/no-reply';
import { NothingSent, ReplyTooLarge, TransportFailure } from '../http/transport';
import { nothingSent } from './error-causes';

/** Timeout of every request except reading an answer, a large upload included. Seconds. */
export const REPLY_TIMEOUT_S = 300;

/** Whatever an operation threw, in the user's terms. */
export function explainFailure(error: unknown, providerName: string): ConversationFailure {
	if (error instanceof ConversationFailure) return error;
	if (error instanceof Error && error.name === 'TimeoutError') return lateReply(providerName, REPLY_TIMEOUT_S);
	if (error instanceof InvalidParameter) {
		return new ConversationFailure(error.message, { code: 'invalid_parameter', hint: error.hint });
	}
	if (error instanceof RequestRefused) return refusalFailure(providerName, error.refusal);
	if (error instanceof NothingSent) return error.failure;
	if (error instanceof TransportFailure) return brokenConnection(providerName, error);
	if (error instanceof ReplyTooLarge) return replyTooLarge(providerName);
	const unsent = nothingSent(error);
	if (unsent) return unsent.failure;
	const text = error instanceof Error ? error.message : String(error);
	return new ConversationFailure(text, { code: 'unexpected', hint: descriptionOf(error) });
}

/** True for mistakes found before an operation has begun, and so before a question is asked. */
export const isFoundBeforehand = (error: unknown): boolean =>
	error instanceof InvalidParameter || error instanceof NothingSent || nothingSent(error) !== undefined;

const descriptionOf = (error: unknown) =>
	typeof error === 'object' && error !== null && 'description' in error ? String(error.description ?? '') : '';
