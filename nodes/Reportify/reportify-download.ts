import type { IBinaryData } from 'n8n-workflow';
import { attempt } from '../shared/following/attempt';
import { ConversationFailure } from '../shared/following/conversation-failure';
import { TransportFailure } from '../shared/following/transport';
import type { OperationCall } from '../shared/n8n/operation';
import { apiOf } from './reportify-provider';

/** Bytes that a file may have; it passes through the memory of n8n. */
export const LARGEST_FILE = 100 * 1024 * 1024;

/**
 * Fetches a file that the agent made.
 *
 * @param file its id, and its name if the answer told it
 * @throws ConversationFailure when it is larger than {@link LARGEST_FILE}
 */
export async function downloadFile(call: OperationCall, file: { id: string; name?: string }): Promise<IBinaryData> {
	const connection = new AbortController();
	const signal = AbortSignal.any([call.replyDeadline(), connection.signal]);
	try {
		const { headers, body } = await apiOf(call).file(file.id, signal);
		const chunks: Uint8Array[] = [];
		let size = Number(headers['content-length'] ?? 0);
		let received = 0;
		const reading = await attempt(async () => {
			for await (const chunk of body) {
				received += chunk.length;
				size = Math.max(size, received);
				if (size > LARGEST_FILE) break;
				chunks.push(chunk);
			}
		});
		if (!reading.worked) throw signal.aborted ? signal.reason : new TransportFailure('maybe', String(reading.error));
		if (size > LARGEST_FILE) throw tooLarge(file.id, size);
		const mimeType = headers['content-type']?.split(';')[0];
		const name = fileNameIn(headers['content-disposition']) ?? file.name ?? file.id;
		const isGeneric = mimeType === undefined || mimeType === 'application/octet-stream';
		return await call.context.helpers.prepareBinaryData(Buffer.concat(chunks), name, isGeneric ? undefined : mimeType);
	} finally {
		connection.abort();
	}
}

function tooLarge(fileId: string, size: number): ConversationFailure {
	const megabytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
	return new ConversationFailure(`The file ${fileId} is larger than ${megabytes(LARGEST_FILE)} MB`, {
		code: 'file_too_large',
		hint: `It has at least ${megabytes(size)} MB. Fetch it from Reportify's web page instead.`,
	});
}

/** The name in a `Content-Disposition` header, `filename*` first (RFC 6266); never a path. */
export function fileNameIn(header: string | undefined): string | undefined {
	const extended = /filename\*\s*=\s*(?:UTF-8|utf-8)''([^;]+)/.exec(header ?? '')?.[1];
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/.exec(header ?? '');
	const name = (extended && decoded(extended.trim())) ?? plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2]?.trim();
	const base = name?.split(/[/\\]/).at(-1)?.trim();
	return base === '' || base === '.' || base === '..' ? undefined : base;
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
