import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { toJsonText } from '../../../shared/json/json';
import { operation } from '../../../shared/n8n/operation';
import { booleanOption, jsonObject, optionalDate, optionalText } from '../../../shared/parameters/values';
import { reportify } from '../../reportify-provider';
import { uploadDocument } from '../../upload-document';
import { tagsIn, tagsOption } from './tags';

const properties: INodeProperties[] = [
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input field that holds the file',
		description: 'Field of the binary data of the item that holds the file to upload, up to 1 GB',
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
				placeholder: 'e.g. {"periods": "Q4 2025", "entities": ["Micron"]}',
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
				displayName: 'Published At',
				name: 'publishedAt',
				type: 'dateTime',
				default: '',
				description: "When the document was published, in the workflow's time zone",
			},
			tagsOption,
			{
				displayName: 'Wait Until Ready',
				name: 'waitUntilReady',
				type: 'boolean',
				default: true,
				description:
					'Whether to wait until Reportify has prepared the document, so that questions can refer to it. When off, ask for it later with Get Status.',
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
	const options = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const tags = tagsIn(options.tags);
	const metadata = jsonObject(options.metadata, 'Metadata', '{"periods": "Q4 2025"}');
	const document = await uploadDocument(call, {
		field: context.getNodeParameter('binaryPropertyName', ''),
		parameter: 'Input Binary Field',
		fields: {
			name: optionalText(context, 'options.name'),
			folder_id: optionalText(context, 'options.folderId'),
			tags: tags && toJsonText(tags),
			metadatas: metadata && toJsonText(metadata),
			published_at: optionalDate(context, options.publishedAt, 'Published At')?.toString(),
		},
		waitUntilReady: booleanOption(options.waitUntilReady, 'Wait Until Ready', true),
	});
	const { id, title, status = null, reply } = document;
	return [{ json: { ...reply, status, documentId: id, documentTitle: title } }];
});
