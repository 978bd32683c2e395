import { OperationalError, UnexpectedError, UserError } from 'n8n-workflow';
import { CREDENTIAL_MISTAKE } from '../../../credentials/credential-mistake';
import { ConversationFailure } from '../following/conversation-failure';

/** What may be found in the errors of n8n and of its HTTP client. */
export interface ErrorCause {
	message?: unknown;
	code?: unknown;
	httpCode?: unknown;
	cause?: unknown;
	response?: { status?: number; headers?: Record<string, unknown>; data?: unknown };
	context?: { data?: unknown };
}

/** An error and what caused it, outermost first. */
export function* causesOf(error: unknown): Generator<ErrorCause> {
	let current = error;
	for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth++) {
		yield current as ErrorCause;
		current = (current as ErrorCause).cause;
	}
}

/** What n8n, or a credential, found wrong before anything was sent: a missing field, a domain that is not allowed. */
export function failureBeforeSending(error: unknown): ConversationFailure | undefined {
	for (const cause of causesOf(error)) {
		const isOfN8n = [UserError, OperationalError, UnexpectedError].some((type) => cause instanceof type);
		// Older n8n (2.30 among them) tells by this code alone what it has wrapped.
		if (!isOfN8n && cause.httpCode !== CREDENTIAL_MISTAKE) continue;
		const { message, description } = cause as UserError;
		const hint = description ?? 'Check the credential of this node.';
		return new ConversationFailure(message, { code: 'configuration', hint, status: 'notSent' });
	}
	return undefined;
}
