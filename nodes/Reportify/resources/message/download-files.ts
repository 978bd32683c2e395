import type { INodeProperties } from 'n8n-workflow';

/** Only Reportify's agents make files. */
export const downloadFilesOption: INodeProperties = {
	displayName: 'Download Files',
	name: 'downloadFiles',
	type: 'boolean',
	default: false,
	description: 'Whether to put the files that the agent made into the binary data of the item, each up to 100 MB',
};
