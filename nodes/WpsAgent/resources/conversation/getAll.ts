import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { listProperties } from '../../../shared/parameters/list-properties';
import { rowLimit } from '../../../shared/parameters/values';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty } from '../parameters';
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
