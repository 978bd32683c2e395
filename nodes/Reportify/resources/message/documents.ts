import type { INodeProperties } from 'n8n-workflow';
import { attempt } from '../../../shared/attempt';
import { InvalidParameter } from '../../../shared/failures/invalid-parameter';
import { explainFailure } from '../../../shared/n8n/explain-failure';
import type { OperationCall } from '../../../shared/n8n/operation';
import { textId } from '../../../shared/parameters/identifier';
import { asText } from '../../../shared/parameters/values';
import { REPORTIFY, type ReportifyDocument } from '../../reportify-api';
import { uploadDocument } from '../../upload-document';

/** The option *Documents* of Send: documents that Reportify has, and files of the item to upload. */
export const documentsOption: INodeProperties = {
	displayName: 'Documents',
	name: 'documents',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Document',
	default: {},
	description:
		'Documents that the question is about: some that Reportify has already, or files of the item, which are uploaded first',
	options: [
		{
			displayName: 'By ID',
			name: 'document',
			values: [
				{
					displayName: 'Document ID',
					name: 'documentId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 1182736450918273645',
					description: 'The document, as named by documentId in the output of Upload',
				},
				{
					displayName: 'Document Title',
					name: 'documentTitle',
					type: 'string',
					default: '',
					placeholder: 'e.g. Annual report 2025',
					description: 'The title to show. If it is left empty, the ID is shown.',
				},
				{
					displayName: 'File Type',
					name: 'fileType',
					type: 'string',
					default: '',
					placeholder: 'e.g. pdf',
					description: 'The type of the file. May be left empty.',
				},
			],
		},
		{
			displayName: 'From Binary Field',
			name: 'fromBinaryField',
			values: [
				{
					displayName: 'Input Binary Field',
					name: 'binaryPropertyName',
					type: 'string',
					default: 'data',
					hint: 'The name of the input field that holds the file',
					description: 'Field of the binary data of the item that holds the file; up to 1 GB',
				},
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Annual report 2025',
					description: 'Name of the document; the name of the file when it is left empty',
				},
			],
		},
	],
};

type Row = Record<string, unknown>;

/** The rows of the option, checked: what can be wrong with them is found before anything is sent. */
export interface ChosenDocuments {
	known: ReportifyDocument[];
	files: Array<{ field: unknown; parameter: string; name: string | undefined }>;
}

/**
 * Reads the option *Documents*.
 *
 * @throws InvalidParameter for rows that name no document: left out, the agent would answer without it
 */
export function chosenDocuments(value: unknown): ChosenDocuments {
	const option = value ?? {};
	const isOption =
		typeof option === 'object' &&
		!Array.isArray(option) &&
		Object.keys(option).every((name) => name === 'document' || name === 'fromBinaryField');
	if (!isOption && option !== '') throw noDocuments();
	const { document, fromBinaryField } = option as Row;
	return {
		known: rowsOf(document).map((row, index) => knownDocument(row, `Documents ${index + 1}`)),
		files: rowsOf(fromBinaryField).map(({ binaryPropertyName: field, name }, index) => ({
			field: field ?? 'data',
			parameter: `From Binary Field ${index + 1}: Input Binary Field`,
			name: asText(name, `From Binary Field ${index + 1}: Name`).trim() || undefined,
		})),
	};
}

function rowsOf(value: unknown): Row[] {
	const rows: unknown[] = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
	if (!rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) throw noDocuments();
	return rows as Row[];
}

const noDocuments = () =>
	new InvalidParameter(
		'Documents',
		'is not a list of documents',
		'Add a document in the form, and use an expression for each of its fields rather than for the whole.',
	);

function knownDocument({ documentId, documentTitle, fileType }: Row, parameter: string): ReportifyDocument {
	const id = textId(documentId, `${parameter}: Document ID`);
	const title = asText(documentTitle, `${parameter}: Document Title`);
	const type = asText(fileType, `${parameter}: File Type`).trim();
	return { doc_id: id, doc_title: title.trim() === '' ? id : title, ...(type === '' ? {} : { file_type: type }) };
}

/**
 * The documents of a question. Files are uploaded, and waited for; a question must not be asked without them, and none
 * is uploaded again when n8n runs the node again.
 *
 * @throws ConversationFailure that says that nothing was asked
 */
export async function attachedDocuments(call: OperationCall, chosen: ChosenDocuments): Promise<ReportifyDocument[]> {
	const uploads = chosen.files.map(async ({ field, parameter, name }): Promise<ReportifyDocument> => {
		const { id, title } = await uploadDocument(call, { field, parameter, fields: { name }, waitUntilReady: true });
		return { doc_id: id, doc_title: title };
	});
	const uploaded = await attempt(() => Promise.all(uploads));
	await Promise.allSettled(uploads);
	if (uploaded.ok) return [...chosen.known, ...uploaded.value];
	if (uploaded.error instanceof InvalidParameter) throw uploaded.error;
	const failure = explainFailure(uploaded.error, REPORTIFY);
	failure.details.status = 'notSent';
	throw failure;
}
