import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { TransportFailure } from '../../nodes/shared/following/transport';
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
