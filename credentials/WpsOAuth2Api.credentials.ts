import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { apiGenerationProperty, baseUrlProperty, signRequestsProperty } from './wps-properties';

/**
 * n8n never calls `authenticate` of a type that extends `oAuth2Api`, nor could its test sign a request. So the node signs
 * (signing/kso1.ts), and there is no test request here: n8n's own check, that the account was connected, applies.
 */
export class WpsOAuth2Api implements ICredentialType {
	name = 'wpsOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'WPS OAuth2 API';

	documentationUrl =
		'https://github.com/agent-conversations/n8n-nodes-agent-conversations/blob/main/docs/credentials.md#wps-oauth2-api';

	icon: Icon = { light: 'file:../icons/wpsAgent.svg', dark: 'file:../icons/wpsAgent.dark.svg' };

	properties: INodeProperties[] = [
		// n8n shows a property with the name of an inherited one in its place: above Client ID, where WPS has no use for it.
		{
			displayName:
				'For workflows that run on their own: you sign in once, and n8n renews the access. Client ID is the APPID of your WPS app, Client Secret its APPKEY. To try things out with a token that you have, use WPS Access Token API.',
			name: 'serverUrl',
			type: 'notice',
			default: '',
		},
		baseUrlProperty,
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'authorizationCode',
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: '={{ $self["baseUrl"].trim().replace(/\\/+$/, "") }}/oauth2/auth',
			required: true,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: '={{ $self["baseUrl"].trim().replace(/\\/+$/, "") }}/oauth2/token',
			required: true,
		},
		// WPS wants commas; n8n then joins the scopes with commas as well.
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default: 'kso.devhub_chat.readwrite,kso.devhub_session.readwrite',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
		signRequestsProperty,
		{
			displayName: 'Access Key',
			name: 'accessKey',
			type: 'string',
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			hint: 'Leave empty to use the Client ID',
			description: 'Leave empty to sign with the Client ID, which at WPS is the same APPID',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			hint: 'Leave empty to use the Client Secret',
			description: 'Leave empty to sign with the Client Secret, which at WPS is the same APPKEY',
		},
		apiGenerationProperty,
	];
}
