import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientOAuth2 } from '@n8n/client-oauth2';
import { type Icon, type INodeProperties, NodeHelpers } from 'n8n-workflow';

import { credentialTypes, resolveCredential } from './n8n-engine';
import { RecordingServer, json } from './recording-server';

const fields = (type: string) =>
	credentialTypes[type]!.properties.filter(({ type: kind }) => kind !== 'hidden' && kind !== 'notice');
const field = (type: string, name: string) =>
	credentialTypes[type]!.properties.find((property) => property.name === name) as INodeProperties;

/** Names, defaults and choices that saved credentials depend on. */
it.each([
	['reportifyApi', { apiKey: '', baseUrl: 'https://api.reportify.cn' }],
	[
		'wpsOAuth2Api',
		{ baseUrl: 'https://openapi.wps.cn', signRequests: true, accessKey: '', secretKey: '', apiGeneration: 'auto' },
	],
	[
		'wpsAccessTokenApi',
		{
			accessToken: '',
			baseUrl: 'https://openapi.wps.cn',
			signRequests: true,
			accessKey: '',
			secretKey: '',
			apiGeneration: 'auto',
		},
	],
	['aiDolApi', { baseUrl: '', apiKey: '', apiSecret: '', userId: '', signatureVersion: 'v2' }],
])('%s has the fields and defaults that saved credentials depend on', (type, defaults) => {
	expect(Object.fromEntries(fields(type).map((property) => [property.name, property.default]))).toEqual(defaults);
});

it('choices have the values that saved credentials depend on', () => {
	const values = (type: string, name: string) =>
		field(type, name).options!.map((option) => (option as { value: string }).value);
	expect(values('wpsOAuth2Api', 'apiGeneration')).toEqual(['auto', 'apps', 'app']);
	expect(values('wpsAccessTokenApi', 'apiGeneration')).toEqual(['auto', 'apps', 'app']);
	expect(values('aiDolApi', 'signatureVersion')).toEqual(['v2', 'v1']);
});

describe.each(Object.keys(credentialTypes))('%s', (name) => {
	const type = credentialTypes[name]!;

	it('masks every secret', () => {
		for (const property of type.properties.filter(({ type: kind }) => kind === 'string')) {
			const secret = ['apiKey', 'apiSecret', 'accessToken', 'secretKey'].includes(property.name);
			expect([property.name, property.typeOptions?.password === true]).toEqual([property.name, secret]);
		}
	});

	it('links to its documentation', () => {
		expect(type.documentationUrl).toMatch(/^https:\/\/github\.com\/[\w-]+\/.+\/docs\/credentials\.md#[a-z0-9-]+$/);
	});

	it('has two different square icons', () => {
		const { light, dark } = type.icon as Exclude<Icon, string>;
		const [lightSvg, darkSvg] = [light, dark].map((icon) => {
			const file = join(__dirname, '../../credentials', icon.replace('file:', ''));
			expect(existsSync(file)).toBe(true);
			return readFileSync(file, 'utf8');
		});
		for (const svg of [lightSvg, darkSvg]) expect(svg).toContain('viewBox="0 0 48 48"');
		expect(lightSvg).not.toBe(darkSvg);
	});

	it('can still sign after Stop, when expressions are no longer evaluated', () => {
		expect(typeof type.authenticate).toBe(name === 'wpsOAuth2Api' ? 'undefined' : 'function');
	});
});

it('what WPS calls Client ID and Client Secret is said above these fields', () => {
	// As n8n puts the properties of a type into those of the type that it extends.
	const merged = ['grantType', 'serverUrl', 'authUrl', 'clientId', 'clientSecret', 'scope'].map(
		(name): INodeProperties => ({ displayName: name, name, type: 'string', default: '' }),
	);
	NodeHelpers.mergeNodeProperties(merged, credentialTypes.wpsOAuth2Api!.properties);
	const shown = merged.filter(({ type }) => type !== 'hidden');
	expect(shown.slice(0, 3)).toEqual([
		expect.objectContaining({ type: 'notice', displayName: expect.stringContaining('Client ID is the APPID') }),
		expect.objectContaining({ name: 'clientId' }),
		expect.objectContaining({ name: 'clientSecret' }),
	]);
});

it.each(['wpsOAuth2Api', 'wpsAccessTokenApi'])('%s says when to take the other kind', (type) => {
	const other = { wpsOAuth2Api: 'WPS Access Token API', wpsAccessTokenApi: 'WPS OAuth2 API' }[type]!;
	const notices = credentialTypes[type]!.properties.filter(({ type: kind }) => kind === 'notice');
	expect(notices.map(({ displayName }) => displayName).join()).toContain(other);
	expect(Object.values(credentialTypes).map(({ displayName }) => displayName)).toContain(other);
});

it('AI-DOL says where its address comes from', () =>
	expect(field('aiDolApi', 'baseUrl').hint).toContain('not published'));

describe('the OAuth2 connection of WPS', () => {
	const server = new RecordingServer();
	beforeAll(() => server.start());
	beforeEach(() => server.reset());
	afterAll(() => server.stop());

	const resolved = (baseUrl?: string) =>
		resolveCredential('wpsOAuth2Api', {
			clientId: 'AK',
			clientSecret: 'SK',
			...(baseUrl === undefined ? {} : { baseUrl }),
		});

	/** After n8n 2.41.1, OAuth2CredentialController.convertCredentialToOptions. */
	const client = (baseUrl?: string) => {
		const credential = resolved(baseUrl) as Record<string, string>;
		return new ClientOAuth2({
			clientId: credential.clientId!,
			clientSecret: credential.clientSecret!,
			accessTokenUri: credential.accessTokenUrl!,
			authorizationUri: credential.authUrl!,
			authentication: credential.authentication as 'body',
			redirectUri: 'https://n8n.example/rest/oauth2-credential/callback',
			scopes: credential.scope!.split(','),
			scopesSeparator: credential.scope!.includes(',') ? ',' : ' ',
		});
	};

	it.each([
		[undefined, 'https://openapi.wps.cn'],
		['https://openapi.wps.cn/', 'https://openapi.wps.cn'],
		[' https://wps.example/openapi// ', 'https://wps.example/openapi'],
	])('base URL %j: addresses under %s', (baseUrl, root) => {
		expect(resolved(baseUrl)).toMatchObject({
			authUrl: `${root}/oauth2/auth`,
			accessTokenUrl: `${root}/oauth2/token`,
			grantType: 'authorizationCode',
			authentication: 'body',
		});
	});

	it('asks for both scopes, separated by a comma', () => {
		const url = new URL(client().code.getUri({ state: 'state-1' }));
		expect(`${url.origin}${url.pathname}`).toBe('https://openapi.wps.cn/oauth2/auth');
		expect(Object.fromEntries(url.searchParams)).toEqual({
			client_id: 'AK',
			response_type: 'code',
			redirect_uri: 'https://n8n.example/rest/oauth2-credential/callback',
			scope: 'kso.devhub_chat.readwrite,kso.devhub_session.readwrite',
			state: 'state-1',
		});
	});

	it('exchanges the code in a form, with the client in the body', async () => {
		server.answer = json({
			access_token: 'a',
			refresh_token: 'r',
			token_type: 'bearer',
			expires_in: 7200,
			refresh_expires_in: 1,
		});
		// n8n moves the secret into the body when `authentication` says so (same controller, handleCallback).
		const oauth = client(`${server.url}/openapi`);
		delete (oauth.options as { clientSecret?: string }).clientSecret;
		const token = await oauth.code.getToken('https://n8n.example/rest/oauth2-credential/callback?code=c1&state=s', {
			body: { client_id: 'AK', client_secret: 'SK' },
		});
		expect(token.accessToken).toBe('a');
		expect(server.last).toMatchObject({ method: 'POST', target: '/openapi/oauth2/token' });
		expect(server.last.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
		expect(server.last.headers).not.toHaveProperty('authorization');
		expect(Object.fromEntries(new URLSearchParams(server.last.body.toString()))).toEqual({
			grant_type: 'authorization_code',
			code: 'c1',
			redirect_uri: 'https://n8n.example/rest/oauth2-credential/callback',
			client_id: 'AK',
			client_secret: 'SK',
		});
	});
});
