import { updateDisplayOptions } from 'n8n-workflow';
import { answerOperation } from '../../../shared/n8n/answer-operation';
import { operation } from '../../../shared/n8n/operation';
import { answerOptions } from '../../../shared/parameters/answer-options';
import { optionsProperty, outputProperty } from '../../../shared/parameters/answer-properties';
import { outputFormatProperties } from '../../../shared/parameters/output-format-properties';
import { ReportifyAnswerSource } from '../../reportify-answer-source';
import { downloadFile } from '../../reportify-download';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, downloadFilesOption, messageIdOf } from '../parameters';
import { lookUpAddressesOption, toolSourcesOf } from './look-up-addresses';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['collect'] } }, [
	outputProperty,
	...outputFormatProperties,
	optionsProperty([downloadFilesOption, lookUpAddressesOption]),
]);

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messageId = messageIdOf(call.context);
	return await answerOperation(call, {
		options: answerOptions(call.context),
		conversationId,
		messageId,
		downloadFile: async (file) => await downloadFile(call, file),
		toolSources: toolSourcesOf(call),
		isCollected: true,
		question: JSON.stringify([conversationId, messageId]),
		source: () => new ReportifyAnswerSource(apiOf(call)),
	});
});
