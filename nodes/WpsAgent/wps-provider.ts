import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { withKso1 } from '../../credentials/signing/kso1';
import type { OperationCall } from '../shared/n8n/operation';
import type { Provider } from '../shared/n8n/provider';
import { WPS, WpsApi } from './wps-api';
import { wpsComplaint } from './wps-error';
import { addressesOf, OAUTH_CREDENTIAL, renewalOf } from './wps-run';

/** Values of the parameter `authentication`. */
const CREDENTIAL_OF: Record<string, string> = { oAuth2: OAUTH_CREDENTIAL, accessToken: 'wpsAccessTokenApi' };

/** The credential that a value of the parameter stands for. */
export const credentialNamed = (authentication: unknown): string =>
	CREDENTIAL_OF[String(authentication ?? '')] ?? OAUTH_CREDENTIAL;

export const wps: Provider = {
	id: 'wps',
	name: WPS,
	credentialOf: (context) => credentialNamed(context.getNodeParameter('authentication', '')),
	refreshesToken: (credential) => credential === OAUTH_CREDENTIAL,
	complaintOf: wpsComplaint('kso.devhub_chat.readwrite', 'kso.devhub_session.readwrite'),
	// The access token credential signs by itself; n8n does not let one that extends OAuth2 do so (signing/kso1.ts).
	finish: async (options, credentials) =>
		'accessToken' in credentials ? options : withKso1(credentials as ICredentialDataDecryptedObject, options),
};

/** WPS for the app of the current item. */
export const apiOf = (call: OperationCall, appId: string): WpsApi =>
	new WpsApi(call.connection, appId, addressesOf(call, appId), renewalOf(call));
