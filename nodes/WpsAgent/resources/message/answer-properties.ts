import type { INodeProperties } from 'n8n-workflow';
import { answerOptionProperties } from '../../../shared/n8n/answer-properties';

export { outputProperty, waitForAnswerOption } from '../../../shared/n8n/answer-properties';

/** The options of Send and Collect, with the ones that only one of them has. */
export const optionsProperty = (more: INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [...answerOptionProperties, ...more].sort((a, b) => a.displayName.localeCompare(b.displayName)),
});
