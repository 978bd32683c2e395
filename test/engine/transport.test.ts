import { type IDataObject, type IExecuteSingleFunctions, OperationalError, UserError } from 'n8n-workflow';
import { NothingSent, TransportFailure } from '../../nodes/shared/http/transport';
import { n8nTransport } from '../../nodes/shared/n8n/n8n-transport';

/** What the transport makes of an error of n8n's HTTP client, which wraps that of the socket. */
async function failureOf(cause: object): Promise<TransportFailure> {
	const wrapped = Object.assign(new Error('wrapped'), { code: (cause as { code?: string }).code, cause });
	const context = {
		helpers: { httpRequestWithAuthentication: async () => await Promise.reject(wrapped) },
	} as unknown as IExecuteSingleFunctions;
	const transport = n8nTransport({
		context,
		credential: 'acme',
		credentials: {},
		stop: new AbortController().signal,
		defaults: { url: '' },
	});
	const failure: unknown = await transport({ method: 'POST', path: '/ask', json: '{}' }, undefined).catch(
		(error: unknown) => error,
	);
	expect(failure).toBeInstanceOf(TransportFailure);
	return failure as TransportFailure;
}

test.each([
	['ECONNREFUSED', 'connect', 'no'],
	['ENOTFOUND', 'getaddrinfo', 'no'],
	['EHOSTUNREACH', 'connect', 'no'],
	['EHOSTUNREACH', undefined, 'no'],
	['EPROTO', 'write', 'no'], // TLS did not come about
	['EHOSTUNREACH', 'read', 'maybe'],
	['ENETUNREACH', 'write', 'maybe'],
	['ECONNRESET', 'read', 'maybe'],
	['ETIMEDOUT', 'connect', 'no'], // a firewall that swallows everything
	['ETIMEDOUT', 'read', 'maybe'],
])('%s at %s: the request has reached the server: %s', async (code, syscall, reached) => {
	const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
	expect((await failureOf(cause)).reached).toBe(reached);
});

test('a proxy that does not open the way: nothing has reached the server', async () => {
	const message = 'tunneling socket could not be established, statusCode=407';
	const cause = Object.assign(new Error(message), { code: 'ECONNRESET' });
	expect((await failureOf(cause)).reached).toBe('no');
});

describe('nothing was sent, and the user reads why', () => {
	test.each<[string, Error, string, boolean]>([
		['no token', new Error('Unable to sign without access token'), 'is not connected', false],
		[
			'an expired token that cannot be renewed',
			new Error('OAuth access token expired and no refresh token is available. Please reconnect the credentials.'),
			'is not connected',
			false,
		],
		['access that was revoked', new Error('The credential "WPS" needs to be reconnected.'), 'is not connected', false],
		['a credential that is gone', new UserError('Credential with ID "7" does not exist'), 'does not exist', false],
		['a database that is away', new OperationalError('The database is away'), 'is away', true],
	])('%s', async (_title, cause, message, mayPass) => {
		const failure = await failureOf(cause);
		expect(failure).toBeInstanceOf(NothingSent);
		expect(failure).toMatchObject({ reached: 'no', mayPass, failure: { details: { code: 'configuration' } } });
		expect((failure as NothingSent).failure.message).toContain(message);
	});

	test('the same words in the reply of a server are no such thing', async () => {
		const reply = Object.assign(new Error('Unable to sign without access token'), { response: { status: 500 } });
		const transport = transportOf(async () => await Promise.reject(reply));
		expect(await transport({ method: 'POST', path: '/ask' }, undefined)).toMatchObject({ status: 500 });
	});

	test.each([
		[503, true],
		[429, true],
		[400, false],
	])('the server that gives tokens says %d', async (status, mayPass) => {
		const refused = Object.assign(new Error('token endpoint'), { response: { status } });
		const transport = transportOf(async () => await Promise.reject(refused), { refreshesToken: true });
		const failure = await transport({ method: 'POST', path: '/ask' }, undefined).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(NothingSent);
		expect(failure).toMatchObject({ mayPass, failure: { details: { code: 'token_not_renewed', httpStatus: status } } });
	});
});

test('a credential that is edited in mid-run for another host: its new key does not go to the old one', async () => {
	const first = { baseUrl: 'https://test.example', apiKey: 'key-of-the-test-account' };
	let latest: IDataObject = first;
	const sent: unknown[] = [];
	const transport = transportOf(
		async function (this: IExecuteSingleFunctions) {
			const { apiKey } = await this.getCredentials('acme');
			sent.push(apiKey);
			return await Promise.resolve({ statusCode: 200, headers: {}, body: [] });
		},
		{ credentials: first, getCredentials: async () => await Promise.resolve(latest) },
	);
	const request = { method: 'GET' as const, path: '/' };
	await transport(request, undefined);
	latest = { ...first, apiKey: 'renewed' };
	await transport(request, undefined);
	latest = { baseUrl: 'https://real.example', apiKey: 'KEY-OF-THE-REAL-ACCOUNT' };
	await transport(request, undefined);
	expect(sent).toEqual(['key-of-the-test-account', 'renewed', 'renewed']);
});

function transportOf(
	httpRequestWithAuthentication: (this: IExecuteSingleFunctions) => Promise<unknown>,
	more: { refreshesToken?: boolean; credentials?: IDataObject; getCredentials?: () => Promise<IDataObject> } = {},
) {
	const { getCredentials, credentials = {}, refreshesToken } = more;
	const context = { helpers: { httpRequestWithAuthentication }, getCredentials } as unknown as IExecuteSingleFunctions;
	return n8nTransport({
		context,
		credential: 'acme',
		credentials,
		stop: new AbortController().signal,
		defaults: { url: '' },
		refreshesToken,
	});
}
