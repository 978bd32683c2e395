import type { IBinaryData } from 'n8n-workflow';
import { safeFileName } from '../shared/answer-formats/file-name';
import { attempt } from '../shared/attempt';
import { ConversationFailure } from '../shared/failures/conversation-failure';
import { dispositionFileName } from '../shared/http/content-disposition';
import { RequestRefused } from '../shared/http/http-error';
import { type HttpReply, TransportFailure } from '../shared/http/transport';
import { isJsonObject, tryParseJson } from '../shared/json/json';
import type { OperationCall } from '../shared/n8n/operation';
import { REPORTIFY, reportifyComplaint } from './reportify-api';
import { apiOf } from './reportify-provider';
import { TransferDeadline, transferSeconds } from './transfer-deadline';

/** Largest file, bytes: n8n may keep all of it in memory. */
export const LARGEST_FILE = 100 * 1024 * 1024;

/** Bytes that are read of what may be an error or a web page. */
const LARGEST_ERROR = 64 * 1024;

/** A file of an answer: its id, and its name if the answer has it. */
export interface WantedFile {
	id: string;
	name?: string;
}

/**
 * Fetches a file that the agent made. It passes through to where n8n keeps its files; only what might not be a file at
 * all is looked at first.
 *
 * @throws ConversationFailure when it is larger than {@link LARGEST_FILE}, empty, or no file
 */
export async function downloadFile(call: OperationCall, file: WantedFile): Promise<IBinaryData> {
	const deadline = new TransferDeadline(call.connection.clock, call.stop, lateDownload);
	try {
		const reply = await apiOf(call).file(file.id, deadline.signal);
		const download = new Download(file, reply);
		deadline.allow(transferSeconds(download.announcedSize ?? LARGEST_FILE));
		const stored = await attempt(() => download.into(call.context.helpers.prepareBinaryData));
		if (stored.worked) return stored.value;
		throw deadline.signal.aborted ? deadline.signal.reason : stored.error;
	} finally {
		deadline.end();
	}
}

type PrepareBinaryData = OperationCall['context']['helpers']['prepareBinaryData'];
type BytesOrStream = Parameters<PrepareBinaryData>[0];

/** A body as n8n's HTTP client gives it: a stream of Node.js. */
interface NodeStream extends AsyncIterable<Uint8Array> {
	pipe: unknown;
	map(change: (chunk: Uint8Array) => Uint8Array): BytesOrStream;
}

const isNodeStream = (body: AsyncIterable<Uint8Array>): body is NodeStream =>
	'pipe' in body && 'map' in body && typeof body.map === 'function';

/** Types that say nothing about a file. */
const GENERIC_TYPE = /^(?:(?:application|binary)\/(?:octet-stream|(?:x-|force-)?download|unknown))?$/;

/** One file on its way. */
class Download {
	/** Found while it passed through. */
	private problem: ConversationFailure | undefined;
	/** Bytes, as far as the server says. */
	readonly announcedSize: number | undefined;
	private readonly mimeType: string | undefined;
	private readonly name: string;
	/** The server calls it a file, and says which. */
	private readonly isAttachment: boolean;
	private received = 0;

	constructor(
		private readonly file: WantedFile,
		private readonly reply: HttpReply,
	) {
		const { headers } = reply;
		const disposition = headers['content-disposition'];
		this.isAttachment = disposition !== undefined;
		this.mimeType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() || undefined;
		// Prefer the name that the answer gave, as in its list of files; a header may have lost what is not ASCII.
		const given = file.name === file.id ? undefined : file.name;
		this.name = safeFileName(isWithExtension(given) ? given : (dispositionFileName(disposition) ?? given), file.id);
		const size = Number(headers['content-length'] ?? Number.NaN);
		this.announcedSize = Number.isSafeInteger(size) ? size : undefined;
	}

	async into(prepare: PrepareBinaryData): Promise<IBinaryData> {
		this.assertNotTooLarge(this.announcedSize ?? 0);
		if (this.reply.status !== 200) throw this.empty();
		const { body } = this.reply;
		const isGeneric = GENERIC_TYPE.test(this.mimeType ?? '');
		// n8n detects the type of a file from its first bytes only if it has all of it in memory.
		const isNamed = !isGeneric || isWithExtension(this.name);
		const streams = isNamed && !this.isDoubtful && isNodeStream(body);
		const content = streams ? body.map((chunk) => this.counted(chunk)) : await this.examined();
		const storing = await attempt(() => prepare(content, this.name, isGeneric ? undefined : this.mimeType));
		if (!storing.worked) throw streams ? this.whileStreaming(storing.error) : storing.error;
		if (this.received === 0) throw this.empty();
		return storing.value;
	}

	/** Reportify's files come as octet-stream (`docs/apis/reportify.md §7`); errors and login pages do not. */
	private get isDoubtful(): boolean {
		const isTextual = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)$)/.test(this.mimeType ?? 'text/plain');
		// So small a file may be the JSON of an error, whatever it is called; a file of JSON is not.
		const isSmall = (this.announcedSize ?? Infinity) <= LARGEST_ERROR && !/\.json$/i.test(this.name);
		return !this.isAttachment && (isTextual || isSmall);
	}

	private async examined(): Promise<Buffer> {
		const reading = await attempt(() => this.held());
		if (!reading.worked) throw this.whileStreaming(reading.error);
		const content = reading.value;
		if (this.isDoubtful) this.assertIsFile(content);
		return content;
	}

	/** All of it, as far as possible in one piece of memory. */
	private async held(): Promise<Buffer> {
		let content: Buffer = Buffer.allocUnsafe(this.announcedSize ?? LARGEST_ERROR);
		let end = 0;
		for await (const chunk of this.reply.body) {
			this.counted(chunk);
			if (this.received > content.length) content = grown(content, Math.max(this.received, content.length * 2));
			content.set(chunk, end);
			end = this.received;
		}
		return content.subarray(0, end);
	}

	/** What went wrong on the way; a failure of n8n's storage is not one of the connection. */
	private whileStreaming(error: unknown): unknown {
		const isOfStorage = typeof error === 'object' && error !== null && 'path' in error && 'syscall' in error;
		return this.problem ?? (isOfStorage ? error : new TransportFailure('maybe', String(error)));
	}

	private counted(chunk: Uint8Array): Uint8Array {
		this.received += chunk.length;
		this.assertNotTooLarge(this.received);
		return chunk;
	}

	private assertNotTooLarge(size: number): void {
		if (size <= LARGEST_FILE) return;
		const megabytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
		this.problem = new ConversationFailure(`The file ${this.file.id} is larger than ${megabytes(LARGEST_FILE)} MB`, {
			code: 'file_too_large',
			hint: `It has at least ${megabytes(size)} MB. Fetch it from Reportify's web page instead.`,
		});
		throw this.problem;
	}

	private assertIsFile(content: Buffer): void {
		const text = content.subarray(0, LARGEST_ERROR).toString();
		const body = content.length > LARGEST_ERROR ? undefined : tryParseJson(text);
		if (isErrorBody(body) || STORAGE_ERROR.test(text)) {
			const complaint = reportifyComplaint(this.reply.status, body, text) ?? { text: text.trim().slice(0, 200) };
			throw new RequestRefused({ status: this.reply.status, complaint });
		}
		if (this.isPage(text)) {
			throw new ConversationFailure(`${REPORTIFY} sent a web page instead of the file`, {
				code: 'web_page',
				hint: 'Check the Base URL in the credential. A login page or a notice of a proxy looks like this, too.',
				httpStatus: this.reply.status,
				providerText: text.trim().slice(0, 200),
			});
		}
	}

	private isPage(text: string): boolean {
		const isMeantAsText = this.mimeType === undefined || this.mimeType === 'text/plain';
		const isHtml = /html/.test(this.mimeType ?? '') || (isMeantAsText && /^\s*<(?:!doctype html|html)\b/i.test(text));
		if (!isHtml) return false;
		// An agent may have made a page; it does not ask for a password.
		return !/\.x?html?$/i.test(this.name) || /<input[^>]{1,300}type\s*=\s*["']?password/i.test(text);
	}

	private empty(): ConversationFailure {
		return new ConversationFailure(`The file ${this.file.id} is empty`, {
			code: 'empty_file',
			hint: "Reportify sent no content for it. Run the node again in a while, or look at the file on Reportify's web page.",
			httpStatus: this.reply.status,
		});
	}
}

function grown(content: Buffer, size: number): Buffer {
	const larger = Buffer.allocUnsafe(size);
	larger.set(content);
	return larger;
}

const isWithExtension = (name: string | undefined): boolean => /[^.\s/\\]\.[\p{L}\p{N}_]{1,16}$/u.test(name ?? '');

/** Members of the error bodies of this and of other servers; a file of data has others, too. */
const ERROR_MEMBERS =
	/^(?:detail|errors?|message|msg|code|status|status_?code|success|ok|path|timestamp|(?:request|trace)_?id)$/i;

/** What storages of files answer where one is gone. */
const STORAGE_ERROR = /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?<Error>\s*<Code>/;

const isErrorBody = (body: unknown): boolean =>
	isJsonObject(body) &&
	Object.keys(body).every((name) => ERROR_MEMBERS.test(name)) &&
	Object.keys(body).some((name) => /^(?:detail|errors?|message|msg)$/i.test(name));

const lateDownload = (seconds: number): ConversationFailure =>
	new ConversationFailure(`The file was not there within ${seconds} seconds`, {
		code: 'timeout',
		hint: 'The connection to Reportify is too slow, or stands still. Run the node again in a while.',
	});
