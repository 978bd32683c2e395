import type { INodeProperties } from 'n8n-workflow';
import { answerOptionProperties } from '../../../shared/n8n/answer-properties';

export { outputProperty, waitForAnswerOption } from '../../../shared/n8n/answer-properties';

const downloadFilesOption: INodeProperties = {
	displayName: 'Download Files',
	name: 'downloadFiles',
	type: 'boolean',
	default: false,
	description: 'Whether to put the files that the agent made into the binary data of the item, each up to 100 MB',
};

/** The options of Send and Collect, with the ones that only one of them has. */
export const optionsProperty = (more: INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [...answerOptionProperties, downloadFilesOption, ...more].sort((a, b) =>
		a.displayName.localeCompare(b.displayName),
	),
});
