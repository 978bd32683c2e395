import type { ICredentialTestRequest } from 'n8n-workflow';

/**
 * How web servers and frameworks say that they have no such path, whatever the key. What an API may say of a thing that
 * it does not have, like "resource not found", is not among them.
 */
const PHRASES = [
	...['not found', 'route not found', 'page not found', 'path not found', 'url not found', 'endpoint not found'],
	...['404 not found', '404: not found', '404 page not found', 'no route matched with those values'],
	...['method not allowed', '405 method not allowed', '405: method not allowed'],
	'the requested URL was not found on the server',
	'the requested URL was not found on this server',
];

const capitalised = (text: string) => text.replace(/[a-z]/, (letter) => letter.toUpperCase());
const titled = (text: string) => text.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** Rules compare whole texts, so each way to write them needs one. */
const SPELLINGS = PHRASES.flatMap((phrase) =>
	[...new Set([phrase, capitalised(phrase), titled(phrase), phrase.toUpperCase()])].flatMap((text) => [
		text,
		`${text}.`,
	]),
);

const STATUSES = [404, 405, 10_404];

type Rules = NonNullable<ICredentialTestRequest['rules']>;

/** What the user reads. */
type Told = { message: string };

const rules = (key: string, values: Array<string | number>, { message }: Told) =>
	values.map((value) => ({ type: 'responseSuccessBody', properties: { key, value, message } })) as Rules;

/** Rules of a credential's test for the words of a web server that does not have the path. */
export const unknownPathWords = (key: string, told: Told): Rules => rules(key, SPELLINGS, told);

/** Rules for the HTTP status in a body: that of problem details (RFC 9457), or the code in the envelope of another service. */
export const unknownPathStatuses = (key: string, told: Told): Rules =>
	rules(key, [...STATUSES, ...STATUSES.map(String)], told);
