import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../shared/parameters/identifier';

/** Which agent an operation is about; WPS calls it an app. */
export const appIdProperty: INodeProperties = {
	displayName: 'App ID',
	name: 'appId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. AK20250509ABCDEF',
	hint: 'The app_id of the agent in the WPS agent platform; in the addresses for calling the agent it comes after /app/ or /apps/',
	description: 'The agent app to talk to, as WPS names it in the agent platform (not the APPID of the credential)',
};

export const appIdOf = (context: IExecuteSingleFunctions): string =>
	textId(context.getNodeParameter('appId', ''), 'App ID');
