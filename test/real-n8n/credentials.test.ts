import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { CredentialTestResult } from '../../harness/server/api';
import { sandboxCredentials } from '../../harness/server/sandbox-credentials';
import { Stage } from '../../harness/stage/stage';
import type { ProviderName } from '../../sandbox';

type Fields = ICredentialDataDecryptedObject;

let stage: Stage;

beforeAll(async () => {
	stage = await Stage.open();
});
afterAll(async () => await stage.close());
beforeEach(() => stage.sandbox.reset());

/** Saves a credential, presses its *Test* button, and deletes it. */
async function testButton(type: string, data: Fields): Promise<CredentialTestResult> {
	const credential = await stage.api.createCredential('Under test', type, data);
	try {
		return await stage.api.testCredential(credential);
	} finally {
		await stage.api.deleteCredential(credential.id);
	}
}

const cases = [
	{
		type: 'reportifyApi',
		provider: 'reportify',
		secrets: ['apiKey'],
		mistakes: [[{ apiKey: 'not-the-key-0815' }, /API key/]],
	},
	{
		type: 'wpsAccessTokenApi',
		provider: 'wps',
		secrets: ['accessToken', 'secretKey'],
		mistakes: [
			[{ accessToken: 'not-the-token-0815' }, /access token/],
			[{ secretKey: 'not-the-secret-0815' }, /Secret Key/],
		],
	},
	{
		type: 'aiDolApi',
		provider: 'aidol',
		secrets: ['apiKey', 'apiSecret'],
		mistakes: [
			[{ apiKey: 'not-the-key-0815' }, /API Key/],
			[{ apiSecret: 'not-the-secret-0815' }, /API Secret/],
		],
	},
] satisfies Array<{
	type: keyof ReturnType<typeof sandboxCredentials>;
	provider: ProviderName;
	/** Fields that must not be shown. */
	secrets: string[];
	/** Wrong fields, and what the message has to name. */
	mistakes: Array<[Fields, RegExp]>;
}>;

describe.each(cases)('$type: the Test button', ({ type, provider, secrets, mistakes }) => {
	const good = (): Fields => sandboxCredentials(stage.sandbox)[type];

	test('accepts what is right', async () => {
		expect(await testButton(type, good())).toMatchObject({ status: 'OK' });
	});

	test('accepts a base URL with blanks around it and a slash at its end', async () => {
		const baseUrl = ` ${stage.sandbox[provider].url}/ `;
		expect(await testButton(type, { ...good(), baseUrl })).toMatchObject({ status: 'OK' });
	});

	test.each(mistakes)('refuses %j, says what to check, and does not repeat it', async (wrong, named) => {
		const { status, message } = await testButton(type, { ...good(), ...wrong });
		expect([status, message]).toEqual(['Error', expect.stringMatching(named)]);
		expect(message).not.toContain('0815');
	});

	test('refuses an address where something else answers', async () => {
		stage.sandbox.faults.add({ kind: 'html', operation: '*' });
		const { status, message } = await testButton(type, good());
		expect([status, message]).toEqual(['Error', expect.stringMatching(/base url/i)]);
	});

	test('refuses an address where nobody answers', async () => {
		await stage.sandbox[provider].offline();
		const { status } = await testButton(type, good());
		await stage.sandbox[provider].online();
		expect(status).toBe('Error');
	});

	test('the form of the saved credential shows no secret', async () => {
		const shown = await stage.api.getCredentialData(stage.credential(type).id);
		for (const name of secrets) {
			expect([name, shown[name]]).not.toEqual([name, good()[name]]);
			expect([name, shown[name]]).toEqual([name, expect.any(String)]);
		}
	});
});

describe('wpsOAuth2Api: the Connect button', () => {
	test('gets a token from the right addresses with comma-separated scopes', async () => {
		const credential = stage.credential('wpsOAuth2Api');
		await stage.api.connectOAuth2(credential.id);
		const [authorize] = stage.sandbox.findRequests({ operation: 'authorize' });
		const query = new URL(authorize?.path ?? '', stage.sandbox.wps.url).searchParams;
		expect(query.get('scope')).toBe('kso.devhub_chat.readwrite,kso.devhub_session.readwrite');
		const [token, ...others] = stage.sandbox.findRequests({ operation: 'token' });
		expect(others).toHaveLength(0);
		expect(Object.fromEntries(new URLSearchParams(token?.text))).toMatchObject({
			grant_type: 'authorization_code',
			client_id: 'sandbox-app',
			client_secret: 'sandbox-secret',
		});
		expect(token?.status).toBe(200);
	});

	test('says so when the client secret is wrong', async () => {
		const fields = { ...sandboxCredentials(stage.sandbox).wpsOAuth2Api, clientSecret: 'not-the-secret-0815' };
		const credential = await stage.api.createCredential('Wrong secret', 'wpsOAuth2Api', fields);
		await expect(stage.api.connectOAuth2(credential.id)).rejects.toThrow(/n8n got no token/);
		await stage.api.deleteCredential(credential.id);
	});
});
