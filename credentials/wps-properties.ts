import type { INodeProperties } from 'n8n-workflow';

/** Where the API is; a private deployment has an address of its own. */
export const baseUrlProperty: INodeProperties = {
	displayName: 'Base URL',
	name: 'baseUrl',
	type: 'string',
	default: 'https://openapi.wps.cn',
	required: true,
	description:
		'Address of the WPS Open Platform API. For a private deployment enter its own address, including /openapi where it has that.',
};

/** Whether requests carry a KSO-1 signature (`docs/apis/wps.md §1.2`). */
export const signRequestsProperty: INodeProperties = {
	displayName: 'Sign Requests',
	name: 'signRequests',
	type: 'boolean',
	default: true,
	description:
		'Whether to sign every request with KSO-1. Needed when signature checking is switched on for the app in the WPS developer console; it does no harm when it is not.',
};

/** Which addresses the API has (`docs/apis/wps.md §3`, `§4`). */
export const apiGenerationProperty: INodeProperties = {
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
	description: 'Which of the two documented forms of the WPS addresses to use. Leave it unless WPS told you otherwise.',
};
