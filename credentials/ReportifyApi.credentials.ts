import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { assertNoVersion, withNormalisedBaseUrl } from './base-url';
import { bearer, headersWith } from './headers';
import { knowsStatusExceptions } from './status-exceptions';
import { unknownPathStatuses, unknownPathWords } from './unknown-path';

const WRONG_ADDRESS = {
	message:
		"Nothing like Reportify's API is at this address. The base URL ends behind the host name: https://api.reportify.cn",
};

const TEST: ICredentialTestRequest = {
	request: {
		baseURL: '={{ $credentials.baseUrl.trim() }}',
		url: '/v1/agent/conversations/0',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 429, 500, 502, 503, 504] },
	},
	rules: [
		{
			type: 'responseCode',
			properties: {
				value: 401,
				message: 'Reportify refused the API key. Copy it again from your Reportify account.',
			},
		},
		{
			type: 'responseCode',
			properties: { value: 403, message: 'Reportify knows the API key but does not let it use agents.' },
		},
		{
			type: 'responseCode',
			properties: { value: 429, message: 'Reportify has had too many requests at the moment. Try again in a minute.' },
		},
		...[500, 502, 503, 504].map((value) => ({
			type: 'responseCode',
			properties: {
				value,
				message: 'Reportify has trouble of its own, so the key could not be checked. Try again later.',
			},
		})),
		...unknownPathWords('detail', WRONG_ADDRESS),
		...unknownPathStatuses('status', WRONG_ADDRESS),
		{
			type: 'responseSuccessBody',
			properties: {
				key: 'detail',
				value: undefined,
				message: 'Something answered at this address, but not the way Reportify does. Check the base URL.',
			},
		},
	] as ICredentialTestRequest['rules'],
};

export class ReportifyApi implements ICredentialType {
	name = 'reportifyApi';

	displayName = 'Reportify API';

	documentationUrl =
		'https://github.com/agent-conversations/n8n-nodes-agent-conversations/blob/main/docs/credentials.md#reportify-api';

	icon: Icon = { light: 'file:../icons/reportify.svg', dark: 'file:../icons/reportify.dark.svg' };

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The key from your Reportify account. It is sent as a bearer token.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.reportify.cn',
			required: true,
			description: 'Address of the Reportify API, without /v1. Change it only when you were given another one.',
		},
	];

	// A function, because n8n can no longer evaluate an expression after an execution was stopped, and the remote run
	// must still be cancelled then.
	authenticate: IAuthenticate = async (credentials, requestOptions) => {
		assertNoVersion(credentials.baseUrl);
		return {
			...withNormalisedBaseUrl(requestOptions),
			headers: headersWith(requestOptions.headers, { Authorization: bearer('API Key', credentials.apiKey) }),
		};
	};

	// Reportify documents no call that does nothing and answers 200, so the test asks for a conversation that cannot
	// exist: a refused key answers 401 or 403, a good one gets an error object with `detail` (docs/apis/reportify.md §0).
	// It documents no 404 for that, so a 404 in the words of a web server means a wrong address.
	// Where n8n cannot tell the two apart, it shows no Test button instead of a wrong result.
	test: ICredentialTestRequest | undefined = knowsStatusExceptions ? TEST : undefined;
}
