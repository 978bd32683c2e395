import { updateDisplayOptions } from 'n8n-workflow';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { operation } from '../../../shared/n8n/operation';
import { answerOptions } from '../../../shared/parameters/answer-options';
import { optionsProperty, outputProperty } from '../../../shared/parameters/answer-properties';
import { outputFormatProperties } from '../../../shared/parameters/output-format-properties';
import { optionalText, optionalTextId } from '../../../shared/parameters/values';
import { rememberedChat } from '../../chat-memo';
import { toolSources } from '../../tool-links';
import { WpsAnswerSource } from '../../wps-answer-source';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty, conversationIdOf, conversationIdProperty, messageIdProperty } from '../parameters';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['collect'] } }, [
	appIdProperty,
	conversationIdProperty,
	{
		...messageIdProperty,
		required: false,
		hint: 'Leave empty for the last message of the conversation',
		description:
			'The message, as named by messageId in the output of Send. Leave it empty for the last message of the conversation.',
	},
	{
		displayName: 'Question',
		name: 'question',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. Summarise the minutes of the last meeting in five points',
		hint: 'Needed when several questions were asked in the conversation: WPS does not say which answer belongs to which',
		description: 'The text of the message, as named by question in the output of Send',
	},
	outputProperty,
	...outputFormatProperties,
	optionsProperty([]),
]);

export const routing = operation(wps, async (call) => {
	const { context, connection } = call;
	const appId = appIdOf(context);
	const conversationId = conversationIdOf(context);
	const messageId = optionalTextId(context, 'messageId', 'Message ID');
	const question = optionalText(context, 'question');
	const options = answerOptions(context);
	const memo = (messageId === undefined ? undefined : rememberedChat(conversationId, messageId)) ?? {};
	return await answerOperation(call, {
		options,
		conversationId,
		messageId,
		isCollected: true,
		toolSources,
		message: question,
		question: JSON.stringify([appId, conversationId, messageId, question]),
		source: () =>
			new WpsAnswerSource(
				{
					api: apiOf(call, appId),
					clock: connection.clock,
					memo,
					idleTimeoutMs: options.idleTimeoutMs,
				},
				{ question },
			),
		// There is no stream to wait for: the messages of the conversation are all there is.
		lookUpPatienceMs: options.maxDurationMs,
	});
});
