import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { CredentialTestResult, SavedCredential } from '../real-n8n/api';
import { sandboxCredentials } from '../real-n8n/sandbox-credentials';
import { Stage } from './stage/stage';

type Fields = ICredentialDataDecryptedObject;

let stage: Stage;

beforeAll(async () => {
	stage = await Stage.open();
});
afterAll(async () => await stage.close());
beforeEach(() => stage.sandbox.reset());

/** Saves a credential, presses its *Test* button, and deletes it. */
async function testButton(type: string, data: Fields): Promise<CredentialTestResult> {
	const credential: SavedCredential = await stage.api.createCredential('Under test', type, data);
	try {
		return await stage.api.testCredential(credential);
	} finally {
		await stage.api.deleteCredential(credential.id);
	}
}

describe('Reportify: the Test button', () => {
	const good = () => sandboxCredentials(stage.sandbox).reportifyApi;

	test('accepts a good key', async () => {
		expect(await testButton('reportifyApi', good())).toMatchObject({ status: 'OK' });
	});

	test('accepts a base URL with blanks and a slash at the end', async () => {
		const baseUrl = ` ${stage.sandbox.reportify.url}/ `;
		expect(await testButton('reportifyApi', { ...good(), baseUrl })).toMatchObject({ status: 'OK' });
	});

	test('refuses a wrong key, says which field, and does not show the key', async () => {
		const result = await testButton('reportifyApi', { ...good(), apiKey: 'wrong-secret-key' });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('API key');
		expect(result.message).not.toContain('wrong-secret-key');
	});

	test('refuses an address where something else answers', async () => {
		stage.sandbox.faults.add({ kind: 'html', operation: '*' });
		const result = await testButton('reportifyApi', good());
		expect(result.status).toBe('Error');
		expect(result.message).toContain('base URL');
	});

	test('refuses an address where nobody answers', async () => {
		await stage.sandbox.reportify.offline();
		const result = await testButton('reportifyApi', good());
		await stage.sandbox.reportify.online();
		expect(result.status).toBe('Error');
	});
});

test('n8n shows the form of a saved credential without its secrets', async () => {
	const shown = await stage.api.getCredentialData(stage.credential('reportifyApi').id);
	expect(shown.baseUrl).toBe(stage.sandbox.reportify.url);
	expect(shown.apiKey).not.toBe('sandbox-key');
});
