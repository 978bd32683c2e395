import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Sandbox } from '../../sandbox';

/**
 * What to enter into the forms of the package's credentials so that the sandbox accepts them, by credential type. The
 * OAuth2 one still has to be connected.
 */
export function sandboxCredentials(sandbox: Sandbox) {
	const { reportify, wps, aidol } = sandbox.settings;
	const wpsApp = { baseUrl: sandbox.wps.url, signRequests: true, apiGeneration: 'auto' };
	return {
		reportifyApi: { apiKey: reportify.apiKeys[0] ?? '', baseUrl: sandbox.reportify.url },
		wpsAccessTokenApi: {
			...wpsApp,
			accessToken: wps.accessTokens[0] ?? '',
			accessKey: wps.accessKey,
			secretKey: wps.secretKey,
		},
		wpsOAuth2Api: { ...wpsApp, clientId: wps.accessKey, clientSecret: wps.secretKey },
		aiDolApi: {
			baseUrl: sandbox.aidol.url,
			apiKey: aidol.apiKey,
			apiSecret: aidol.apiSecret,
			userId: 'user-9007199254740993',
			signatureVersion: 'v2',
		},
	} satisfies Record<string, ICredentialDataDecryptedObject>;
}
