import { type IExecuteSingleFunctions, updateDisplayOptions } from 'n8n-workflow';
import type { JsonObject } from '../../../shared/json/json';
import { operation } from '../../../shared/n8n/operation';
import { boundedNumber } from '../../../shared/parameters/values';
import { areNewestFirst, newestOf } from '../../listed-messages';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty, conversationIdOf, conversationIdProperty } from '../parameters';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['get'] } }, [
	appIdProperty,
	conversationIdProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
				hint: 'The newest messages are returned',
			},
		],
	},
]);

export const routing = operation(wps, async (call) => {
	const appId = appIdOf(call.context);
	const conversationId = conversationIdOf(call.context);
	const limit = limitOf(call.context);
	// Only a list that begins with the newest message can be left early.
	const isEnough = (rows: JsonObject[]) => rows.length >= limit && areNewestFirst(rows);
	const { rows } = await apiOf(call, appId).messages(conversationId, call.replyDeadline(), isEnough);
	return [{ json: { conversationId, messages: newestOf(rows, limit) } }];
});

function limitOf(context: IExecuteSingleFunctions): number {
	const limit: unknown = context.getNodeParameter('options.limit', '');
	if (limit === null || limit === '') return Number.POSITIVE_INFINITY;
	return Math.floor(boundedNumber(limit, 'Limit', { min: 1, max: 1_000_000 }));
}
