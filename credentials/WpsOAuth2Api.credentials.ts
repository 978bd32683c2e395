import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

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
		{
			displayName: 'Client ID is the APPID of your WPS app, Client Secret its APPKEY.',
			name: 'clientNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://openapi.wps.cn',
			required: true,
			description:
				'Address of the WPS Open Platform API. For a private deployment enter its own address, including /openapi where it has that.',
		},
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
		{
			displayName: 'Sign Requests',
			name: 'signRequests',
			type: 'boolean',
			default: true,
			description:
				'Whether to sign every request with KSO-1. Needed when signature checking is switched on for the app in the WPS developer console; it does no harm when it is not.',
		},
		{
			displayName: 'Access Key',
			name: 'accessKey',
			type: 'string',
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			description: 'Leave empty to sign with the Client ID, which at WPS is the same APPID',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			description: 'Leave empty to sign with the Client Secret, which at WPS is the same APPKEY',
		},
		{
			displayName: 'API Generation',
			name: 'apiGeneration',
			type: 'options',
			options: [
				{
					name: 'Detect Automatically',
					value: 'auto',
					description: 'Try the newer addresses and use the older ones where WPS does not know them',
				},
				{ name: 'Newer (/apps/…)', value: 'apps' },
				{ name: 'Older (/app/…)', value: 'app' },
			],
			default: 'auto',
			description:
				'Which of the two documented forms of the WPS addresses to use. Leave it unless WPS told you otherwise.',
		},
	];
}
