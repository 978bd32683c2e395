import { OperationalError, UnexpectedError, UserError } from 'n8n-workflow';
import { CREDENTIAL_MISTAKE } from '../../../credentials/credential-mistake';
import { ConversationFailure } from '../failures/conversation-failure';
import { NothingSent } from '../http/transport';

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
export function nothingSent(error: unknown): NothingSent | undefined {
	for (const cause of causesOf(error)) {
		if (isWithoutToken(cause)) return new NothingSent(notConnected(), false);
		const isOfN8n = [UserError, OperationalError, UnexpectedError].some((type) => cause instanceof type);
		// In older n8n (2.30 among them), only this code shows what was wrapped.
		const isMistake = cause.httpCode === CREDENTIAL_MISTAKE;
		if (!isOfN8n && !isMistake) continue;
		const { message, description } = cause as UserError;
		const hint = description ?? 'Check the credential of this node.';
		const failure = new ConversationFailure(message, { code: 'configuration', hint });
		return new NothingSent(failure, !isMistake && !(cause instanceof UserError));
	}
	return undefined;
}

/** Errors of n8n's OAuth2 client, which are of no class of their own. */
const WITHOUT_TOKEN =
	/^(?:Unable to sign without access token|OAuth access token expired and no refresh token|The credential .{1,200} needs to be reconnected)/;

const isWithoutToken = ({ message, response }: ErrorCause): boolean =>
	typeof message === 'string' && response === undefined && WITHOUT_TOKEN.test(message);

const notConnected = () =>
	new ConversationFailure('The account of this credential is not connected, or its access has ended', {
		code: 'configuration',
		hint: 'Open the credential of this node and connect the account again.',
	});

/** Statuses of a server that may be well again in a while. */
const isPassing = (status: number) => status >= 500 || status === 408 || status === 429;

/** The server that gives access tokens has not given a new one, so the request itself never left. */
export const tokenNotRenewed = (status: number): NothingSent =>
	new NothingSent(
		new ConversationFailure(`The access token has expired and could not be renewed (${status})`, {
			code: 'token_not_renewed',
			hint: 'Run the node again in a while. If it lasts, open the credential of this node and connect the account again.',
			httpStatus: status,
		}),
		isPassing(status),
	);
