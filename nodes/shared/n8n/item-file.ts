import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';
import { attempt } from '../attempt';
import { ConversationFailure } from '../failures/conversation-failure';
import { InvalidParameter } from '../failures/invalid-parameter';
import { asText } from '../parameters/values';

/** Bytes that are decoded at a time of a file in n8n's memory; a multiple of three, so that base64 can be cut there. */
const PIECE_BYTES = 3 * 64 * 1024;

/** A file that an item carries. It is read piece by piece, from the start each time. */
export interface ItemFile {
	name: string;
	mimeType: string;
	/** Exact number of bytes. */
	size: number;
	/** Identifies the file among those of the item. */
	identity: string;
	read(): AsyncIterable<Uint8Array>;
}

/**
 * The file in a binary field of the current item.
 *
 * @param field name of the field, or what an expression such as `{{ $binary.data }}` gives
 * @param displayName the parameter's, for the message
 * @throws InvalidParameter when there is none
 */
export async function itemFile(
	context: IExecuteSingleFunctions,
	field: unknown,
	displayName: string,
): Promise<ItemFile> {
	const binary = isBinary(field) ? field : binaryIn(context, asText(field, displayName).trim(), displayName);
	const content = await contentOf(context, binary);
	const fieldName = typeof field === 'string' ? field.trim() : 'file';
	const identity = JSON.stringify([binary.id ?? [binary.data.slice(0, 64), binary.data.slice(-64)], content.size]);
	return {
		name: binary.fileName || `${fieldName}.${binary.fileExtension || 'bin'}`,
		mimeType: binary.mimeType || 'application/octet-stream',
		identity,
		...content,
	};
}

const isBinary = (value: unknown): value is IBinaryData =>
	typeof value === 'object' && value !== null && 'mimeType' in value && ('id' in value || 'data' in value);

function binaryIn(context: IExecuteSingleFunctions, field: string, displayName: string): IBinaryData {
	if (field === '') {
		throw new InvalidParameter(displayName, 'is empty', 'Enter the name of the field that holds the file.');
	}
	try {
		return context.helpers.assertBinaryData(field);
	} catch {
		throw missing(field, displayName);
	}
}

const missing = (field: string, displayName: string) =>
	new InvalidParameter(
		displayName,
		`names the field "${field}", which this item does not have`,
		'Put a node in front that reads the file, such as Read/Write Files or an e-mail trigger, and check the name of its field.',
	);

type Content = Pick<ItemFile, 'size' | 'read'>;

async function contentOf(context: IExecuteSingleFunctions, binary: IBinaryData): Promise<Content> {
	return binary.id === undefined || binary.id === '' ? inMemory(binary.data) : await inStorage(context, binary.id);
}

/** n8n keeps it as base64. */
function inMemory(base64: string): Content {
	const size = Buffer.byteLength(base64, 'base64');
	const pieceLength = (PIECE_BYTES / 3) * 4;
	const isPlain = Array.from({ length: Math.ceil(base64.length / pieceLength) }, (_, index) =>
		/^[\w+/-]+={0,2}$/.test(base64.slice(index * pieceLength, (index + 1) * pieceLength)),
	).every(Boolean);
	if (!isPlain) return asPiece(Buffer.from(base64, 'base64'));
	return {
		size,
		async *read() {
			for (let at = 0; at < base64.length; at += pieceLength) {
				yield Buffer.from(base64.slice(at, at + pieceLength), 'base64');
			}
		},
	};
}

const asPiece = (bytes: Uint8Array): Content => ({
	size: bytes.length,
	async *read() {
		yield bytes;
	},
});

/** On disk, or wherever n8n keeps its files. */
async function inStorage({ helpers }: IExecuteSingleFunctions, id: string): Promise<Content> {
	const metadata = await attempt(async () => await helpers.getBinaryMetadata(id));
	if (!metadata.worked) throw unreadable(metadata.error);
	const size: unknown = metadata.value.fileSize;
	if (typeof size === 'number')
		return {
			size,
			read: async function* () {
				yield* await helpers.getBinaryStream(id);
			},
		};
	return asPiece(await helpers.binaryToBuffer(await helpers.getBinaryStream(id)));
}

const unreadable = (error: unknown) =>
	new ConversationFailure('The file is no longer where n8n keeps its files', {
		code: 'file_gone',
		hint: 'Run the workflow from the node that reads the file.',
		technicalText: String(error),
	});
