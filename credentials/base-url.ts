import type { IHttpRequestOptions } from 'n8n-workflow';
import { CredentialMistake } from './credential-mistake';

/**
 * The base URL of a credential, ready to be put in front of a path.
 *
 * @param text what the user typed, e.g. ` https://api.example.com/openapi/ `
 * @returns the address without white space around it and without slashes at its end; a path is kept (private WPS
 *   deployments live under `/openapi`, docs/apis/wps.md §1.2)
 * @throws CredentialMistake, without repeating the text: a pasted address can contain a password
 */
export function normaliseBaseUrl(text: string): string {
	const trimmed = text.trim();
	if (trimmed === '') {
		throw new CredentialMistake("The base URL is empty. Enter the address of the service's API in the credential.", {
			description: 'It looks like https://api.example.com.',
		});
	}
	if (!/^https?:\/\/[^/]/i.test(trimmed) || !URL.canParse(trimmed)) {
		throw new CredentialMistake('The base URL is not a web address. It has to start with https:// or http://.', {
			description: 'Open the credential and correct it. It looks like https://api.example.com.',
		});
	}
	const url = new URL(trimmed);
	if (url.username !== '' || url.password !== '') {
		throw new CredentialMistake('The base URL must not contain a user name or a password', {
			description: 'Remove everything between // and @. Keys and secrets have fields of their own in the credential.',
		});
	}
	// An empty query or fragment ("https://host?") does not show in the parsed URL, yet would swallow an appended path.
	if (/[?#]/.test(trimmed)) {
		throw new CredentialMistake('The base URL must not contain a question mark or a hash sign', {
			description: 'Keep only the part before it, for example https://api.example.com.',
		});
	}
	return url.href.replace(/\/+$/, '');
}

/**
 * For services whose paths all begin with `/v1`: a base URL that also ends with it leads nowhere.
 *
 * @throws CredentialMistake; what such an address answers would blame something else
 */
export function assertNoVersion(baseUrl: unknown): void {
	if (typeof baseUrl !== 'string' || !/\/v1\/*\s*$/i.test(baseUrl)) return;
	throw new CredentialMistake('The base URL ends with /v1, which is not part of it', {
		description: 'Open the credential and leave /v1 off. It looks like https://api.example.com.',
	});
}

/**
 * Request options whose base URL, where it is used, is a proper one.
 *
 * @throws CredentialMistake like `normaliseBaseUrl`; without it the user would read "Invalid URL"
 */
export function withNormalisedBaseUrl(request: IHttpRequestOptions): IHttpRequestOptions {
	if (request.baseURL === undefined || isAbsolute(request.url)) return { ...request };
	return { ...request, baseURL: normaliseBaseUrl(request.baseURL) };
}

/** Whether an address has its own scheme and host, so that no base URL applies. */
export function isAbsolute(address: string | undefined): boolean {
	return /^[a-z][a-z\d+.-]*:\/\//i.test(address ?? '');
}
