import { type IExecuteSingleFunctions, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { InvalidParameter } from '../../../shared/invalid-parameter';
import { toJsonText } from '../../../shared/json/json';
import { operation } from '../../../shared/n8n/operation';
import { jsonObject, optionalText, requiredText } from '../../../shared/n8n/parameters';
import { apiOf, reportify } from '../../reportify-provider';

const properties: INodeProperties[] = [
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input field that holds the file',
		description: 'Field of the binary data of the item that holds the file to upload',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Folder ID',
				name: 'folderId',
				type: 'string',
				default: '',
				description: 'The folder to put the document in; the default folder when it is left empty',
			},
			{
				displayName: 'Metadata',
				name: 'metadata',
				type: 'json',
				default: '{}',
				placeholder: 'e.g. {"source": "intranet"}',
				description: 'Data of your own to keep with the document, as a JSON object',
			},
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				placeholder: 'e.g. Annual report 2025',
				description: 'Name of the document; the name of the file when it is left empty',
			},
			{
				displayName: 'Tags',
				name: 'tags',
				type: 'string',
				default: '',
				placeholder: 'e.g. finance, 2025',
				description: 'Tags separated by commas, or a JSON list',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['document'], operation: ['upload'] } },
	properties,
);

export const routing = operation(reportify, async (call) => {
	const { context } = call;
	const form = new FormData();
	const name = optionalText(context, 'options.name');
	const folderId = optionalText(context, 'options.folderId');
	const tags = tagsIn(optionalText(context, 'options.tags'));
	const metadata = jsonObject(context.getNodeParameter('options.metadata', ''), 'Metadata', '{"source": "intranet"}');
	const file = await fileOf(context);
	form.set('file', file.content, file.name);
	if (name !== undefined) form.set('name', name);
	if (folderId !== undefined) form.set('folder_id', folderId);
	if (tags !== undefined) form.set('tags', tags);
	if (metadata !== undefined) form.set('metadatas', toJsonText(metadata));
	const document = await apiOf(call).uploadDocument(form, call.replyDeadline());
	return [{ json: { ...document, documentId: document.id ?? null, documentTitle: document.title ?? null } }];
});

async function fileOf(context: IExecuteSingleFunctions): Promise<{ content: Blob; name: string }> {
	const field = requiredText(context, 'binaryPropertyName', 'Input Binary Field').trim();
	const binary = context.getInputData().binary?.[field];
	if (!binary) {
		throw new InvalidParameter(
			'Input Binary Field',
			`names the field "${field}", which this item does not have`,
			'Put a node in front that reads the file, such as Read/Write Files or an e-mail trigger, and check the name of its field.',
		);
	}
	const bytes = await context.helpers.getBinaryDataBuffer(field);
	return {
		content: new Blob([new Uint8Array(bytes)], { type: binary.mimeType }),
		name: binary.fileName ?? `${field}.${binary.fileExtension ?? 'bin'}`,
	};
}

/** Reportify wants JSON text (`providers/reportify.md §8`). */
function tagsIn(text: string | undefined): string | undefined {
	if (text === undefined || text.startsWith('[')) return text;
	const tags = text.split(/[,，]/).map((tag) => tag.trim());
	return JSON.stringify(tags.filter((tag) => tag !== ''));
}
