import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { textId } from '../../../shared/parameters/identifier';
import { requiredText } from '../../../shared/parameters/values';
import { downloadFile } from '../../reportify-download';
import { reportify } from '../../reportify-provider';

const properties: INodeProperties[] = [
	{
		displayName: 'File ID',
		name: 'fileId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. file_abc123',
		description: 'The file, as named under files in the output of Send and Collect',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the output field to put the file in',
		description: 'Field of the binary data of the item that receives the file',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['file'], operation: ['download'] } }, properties);

export const routing = operation(reportify, async (call) => {
	const fileId = textId(call.context.getNodeParameter('fileId', ''), 'File ID');
	const field = requiredText(call.context, 'binaryPropertyName', 'Put Output File in Field').trim();
	const file = await downloadFile(call, { id: fileId });
	const { fileName, mimeType, fileSize } = file;
	return [
		{ json: { fileId, fileName: fileName ?? fileId, mimeType, fileSize: fileSize ?? null }, binary: { [field]: file } },
	];
});
