import { randomBytes } from 'crypto';
import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { assertNoVersion } from './base-url';
import { withAiDolSignature } from './signing/aidol';

export class AiDolApi implements ICredentialType {
	name = 'aiDolApi';

	displayName = 'AI-DOL API';

	documentationUrl =
		'https://github.com/agent-conversations/n8n-nodes-agent-conversations/blob/main/docs/credentials.md#ai-dol-api';

	icon: Icon = { light: 'file:../icons/aiDol.svg', dark: 'file:../icons/aiDol.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.example.com',
			hint: 'AI-DOL tells you this address together with your keys; it is not published',
			description: 'Address of the AI-DOL API, without /v1',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'It never leaves n8n; it only makes the signature',
		},
		{
			displayName: 'User ID',
			name: 'userId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. user-123',
			description:
				'Your own name for the person on whose behalf AI-DOL is used, unless the node names another one in its options. English letters, digits and punctuation only.',
		},
		{
			displayName: 'Signature Version',
			name: 'signatureVersion',
			type: 'options',
			options: [
				{ name: 'Version 2 (HMAC-SHA256)', value: 'v2' },
				{ name: 'Version 1 (Older, SHA-256)', value: 'v1' },
			],
			default: 'v2',
			description: 'Version 2 is what AI-DOL documents today. Choose version 1 only if you were told to.',
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) => {
		assertNoVersion(credentials.baseUrl);
		const now = new Date();
		return withAiDolSignature(credentials, requestOptions, { now, requestId: randomBytes(16).toString('hex') });
	};

	// Listing agents changes nothing and needs a valid key and signature (docs/apis/aidol.md §6). AI-DOL answers many
	// refusals with HTTP 200; only the message distinguishes them (§2).
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim() }}',
			url: '/v1/agent/list',
			method: 'POST',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						"AI-DOL refused the key, the signature or the time. Check API Key and API Secret, and that this computer's clock is right.",
				},
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: 'AI-DOL was not found at this address. Check the base URL.' },
			},
			{
				type: 'responseCode',
				properties: { value: 403, message: 'AI-DOL knows the API key but does not let it list agents.' },
			},
			{
				type: 'responseCode',
				properties: { value: 405, message: 'AI-DOL was not found at this address. Check the base URL.' },
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message: 'AI-DOL has had too many requests at the moment. Try again in a minute.',
				},
			},
			...[500, 502, 503, 504].map((value) => ({
				type: 'responseCode',
				properties: {
					value,
					message: 'AI-DOL has trouble of its own, so the key could not be checked. Try again later.',
				},
			})),
			...[301, 302, 303, 307, 308].map((value) => ({
				type: 'responseCode',
				properties: {
					value,
					message: 'AI-DOL was not found at this address, which leads to another one. Check the base URL.',
				},
			})),
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'message',
					value: 'Invalid API key',
					message: 'AI-DOL does not know this API key, or it was switched off.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'message',
					value: 'API key usage limit reached',
					message: 'The API key is right, but its quota is used up.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'message',
					value: 'Too many requests, please try again later',
					message: 'AI-DOL has had too many requests at the moment. Try again in a minute.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: { key: 'success', value: false, message: 'AI-DOL answered, but refused the request.' },
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'success',
					value: undefined,
					message: 'Something answered at this address, but not the way AI-DOL does. Check the base URL.',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: undefined,
					message: 'Something answered at this address, but not the way AI-DOL does. Check the base URL.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
