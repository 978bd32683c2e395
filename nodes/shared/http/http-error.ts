import { ConversationFailure } from '../failures/conversation-failure';
import type { ProviderError } from '../failures/provider-error';

/** An HTTP response other than success. */
export interface ErrorResponse {
	status: number;
	/** Milliseconds that the server asked to wait. */
	retryAfterMs?: number;
	error: ProviderError;
	/** The address that a redirect names. */
	location?: string;
}

/** An HTTP answer other than success; carries what is needed to decide whether to try again. */
export class HttpError extends Error {
	constructor(readonly response: ErrorResponse) {
		super(`status ${response.status}: ${response.error.text}`);
	}
}

interface Wording {
	message: (provider: string, status: number, rejectedCredential: string) => string;
	hint: string;
	code: string;
}

const CHECK_PARAMETERS = 'Check the parameters of this node; what the provider said about it follows.';

const WORDINGS: Record<number, Wording> = {
	400: {
		code: 'bad_request',
		message: (provider, status) => `${provider} did not accept the request (${status})`,
		hint: CHECK_PARAMETERS,
	},
	401: {
		code: 'unauthorized',
		message: (provider, status, rejectedCredential) =>
			`The ${rejectedCredential} was refused by ${provider} (${status})`,
		hint: 'Open the credential of this node, paste the key again and press Test. Keys can also have been revoked or have expired.',
	},
	402: {
		code: 'payment_required',
		message: (provider, status) => `${provider} wants to be paid before it goes on (${status})`,
		hint: 'The credit or the quota of the account is used up. Look at the account on the page of the provider.',
	},
	403: {
		code: 'forbidden',
		message: (provider, status) => `${provider} does not allow this with the credential in use (${status})`,
		hint: 'The key is known but lacks the permission, or a firewall in front of the provider is blocking this server.',
	},
	404: {
		code: 'not_found',
		message: (provider, status) => `${provider} does not know what was asked for (${status})`,
		hint: 'Check the IDs in the parameters of this node, and the Base URL in its credential.',
	},
	408: {
		code: 'gateway_timeout',
		message: (provider, status) => `${provider} gave up waiting for the request (${status})`,
		hint: 'Run the node again in a while.',
	},
	413: {
		code: 'too_large',
		message: (provider, status) => `The request is too large for ${provider} (${status})`,
		hint: 'Shorten the message or send fewer or smaller documents.',
	},
	422: {
		code: 'invalid_request',
		message: (provider, status) => `${provider} found the request not valid (${status})`,
		hint: CHECK_PARAMETERS,
	},
	429: {
		code: 'rate_limited',
		message: (provider, status) => `${provider} limits how often it may be asked, and the limit is reached (${status})`,
		hint: 'Wait a while, lower Max Concurrency in the options of this node, or put a Loop Over Items node in front of it.',
	},
};

const SERVER_FAULT: Wording = {
	code: 'server_fault',
	message: (provider, status) => `${provider} could not handle the request at the moment (${status})`,
	hint: 'This is on the side of the provider. Run the node again in a while.',
};

const GATEWAY_TIMEOUT: Wording = {
	code: 'gateway_timeout',
	message: (provider, status) => `A gateway in front of ${provider} gave up waiting (${status})`,
	hint: 'Switch Wait for Answer off and collect the answer later, or run the node again in a while.',
};

const REDIRECT: Wording = {
	code: 'redirected',
	message: (provider, status) => `The address of ${provider} has moved (${status})`,
	hint: 'Check the Base URL in the credential of this node. Redirects are not followed, because keys must not reach another host.',
};

function wordingOf(status: number): Wording {
	const exact = WORDINGS[status];
	if (exact) return exact;
	if (status === 504 || status === 524 || status === 522) return GATEWAY_TIMEOUT;
	if (status >= 500) return SERVER_FAULT;
	const isRedirect = status >= 300 && status < 400; // a success status can be an error as well, in its body
	return isRedirect ? REDIRECT : (WORDINGS[400] as Wording);
}

/** Without what may be secret in an address. */
const shown = (address: string) =>
	address
		.replace(/[?#].*$/s, '')
		.replace(/\/\/[^/@]*@/, '//')
		.slice(0, 200);

/** The error in the user's terms. */
export function httpFailure(provider: string, response: ErrorResponse): ConversationFailure {
	const status = statusOf(response);
	const wording = wordingOf(status);
	const newAddress =
		wording === REDIRECT && response.location ? ` It names this address: ${shown(response.location)}` : '';
	return new ConversationFailure(wording.message(provider, status, response.error.rejectedCredential ?? 'API key'), {
		code: response.error.code ?? wording.code,
		hint: (response.error.hint ?? wording.hint) + newAddress,
		httpStatus: response.status,
		providerText: response.error.text,
		traceId: response.error.traceId,
	});
}

/** What the provider means: the status that its error stands for, else that of the response. */
export const statusOf = ({ status, error }: ErrorResponse): number => error.equivalentStatus ?? status;

/** Not accepted because of too many requests, so the request was certainly not accepted. */
export const isRateLimit = (response: ErrorResponse): boolean => statusOf(response) === 429;

/** The server may have accepted the request before it failed. */
export const isServerFault = (response: ErrorResponse): boolean => {
	const status = statusOf(response);
	return status >= 500 || status === 408;
};
