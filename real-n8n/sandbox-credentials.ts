import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';

/** The fields of a credential's form, by credential type, that the sandbox accepts. */
export function sandboxCredentials(sandbox: Sandbox) {
	return {
		reportifyApi: { apiKey: 'sandbox-key', baseUrl: sandbox.reportify.url },
	} satisfies Record<string, ICredentialDataDecryptedObject>;
}
