import { updateDisplayOptions } from 'n8n-workflow';
import { listProperties } from '../../../shared/n8n/list-properties';
import { operation } from '../../../shared/n8n/operation';
import { rowLimit } from '../../../shared/n8n/parameters';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty } from '../app-id';
import { conversationItem } from './conversation-item';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['getAll'] } }, [
	appIdProperty,
	...listProperties,
]);

export const routing = operation(wps, async (call) => {
	const appId = appIdOf(call.context);
	const { rows } = await apiOf(call, appId).sessions(rowLimit(call.context), call.replyDeadline());
	return rows.map(conversationItem);
});
