import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { bearer, headersWith } from './headers';
import { withKso1 } from './signing/kso1';
import { unknownPathStatuses } from './unknown-path';
import { apiGenerationProperty, baseUrlProperty, signRequestsProperty } from './wps-properties';

export class WpsAccessTokenApi implements ICredentialType {
	name = 'wpsAccessTokenApi';

	displayName = 'WPS Access Token API';

	documentationUrl =
		'https://github.com/agent-conversations/n8n-nodes-agent-conversations/blob/main/docs/credentials.md#wps-access-token-api';

	icon: Icon = { light: 'file:../icons/wpsAgent.svg', dark: 'file:../icons/wpsAgent.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName:
				'For trying things out with a token that you have: it lasts two hours and is not renewed. For workflows that run on their own, use WPS OAuth2 API.',
			name: 'kindNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'A user access token with the scope kso.devhub_chat.readwrite, and kso.devhub_session.readwrite for everything but sending. It lasts two hours and is not renewed; use the OAuth2 credential for workflows that run on their own.',
		},
		baseUrlProperty,
		signRequestsProperty,
		{
			displayName: 'Access Key',
			name: 'accessKey',
			type: 'string',
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			description: 'The APPID of your WPS app',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { signRequests: [true] } },
			description: 'The APPKEY of your WPS app. It never leaves n8n; it only makes the signature.',
		},
		apiGenerationProperty,
	];

	// Signs last, over the final bytes; see signing/kso1.ts for who signs when.
	authenticate: IAuthenticate = async (credentials, requestOptions) => {
		const signed = withKso1(credentials, requestOptions);
		return {
			...signed,
			headers: headersWith(signed.headers, { Authorization: bearer('Access Token', credentials.accessToken) }),
		};
	};

	// WPS documents no call that only checks the token, so the test asks for something in an app that does not exist:
	// the sessions of app 0, or, where only the older addresses exist, the end of chat 0. A good token gets some other
	// refusal (docs/apis/wps.md §2, §4).
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim() }}',
			method: '={{ $credentials.apiGeneration === "app" ? "POST" : "GET" }}' as 'GET',
			url: '={{ $credentials.apiGeneration === "app" ? "/v7/devhub/app/0/chat/0/cancel" : "/v7/devhub/apps/0/sessions/list?page_size=1" }}',
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: { ignore: true, except: [401, 502, 503, 504] },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'WPS refused the access token or the signature. Tokens last two hours: get a new one, and check Access Key and Secret Key.',
				},
			},
			...[502, 503, 504].map((value) => ({
				type: 'responseCode',
				properties: {
					value,
					message: 'WPS has trouble of its own, so the token could not be checked. Try again later.',
				},
			})),
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401000001,
					message: 'WPS refused the access token or the signature. Check both, and Access Key and Secret Key.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: 401030001, message: 'The access token has expired. Get a new one.' },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: 401030003, message: 'WPS does not accept the access token. Copy it again.' },
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'code', value: 40100011, message: 'WPS does not accept the access token. Copy it again.' },
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401001003,
					message: 'The login behind the access token is no longer valid. Get a new token.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401001005,
					message: 'The access token belongs to no signed-in user. Use a user access token, not an app token.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 40300010,
					message:
						'The access token lacks a permission. It needs kso.devhub_chat.readwrite and kso.devhub_session.readwrite.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: undefined,
					message: 'Something answered at this address, but not the way WPS does. Check Base URL and API Generation.',
				},
			},
			// Replies of WPS have code and msg (docs/apis/wps.md §2); code alone is what many services send.
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'msg',
					value: undefined,
					message: 'Something answered at this address, but not the way WPS does. Check Base URL and API Generation.',
				},
			},
			// Its words would not do: WPS itself may say "not found" of the app.
			...unknownPathStatuses('code', {
				message: 'WPS was not found at this address. Check Base URL and API Generation.',
			}),
			...[400000001, 429000001].map((value) => ({
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value,
					message: 'WPS has had too many requests at the moment. Try again in a minute.',
				},
			})),
			...[500000001, 500000002, 500000003, 500000004, 503000001].map((value) => ({
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value,
					message: 'WPS has trouble of its own, so the token could not be checked. Try again later.',
				},
			})),
		] as ICredentialTestRequest['rules'],
	};
}
