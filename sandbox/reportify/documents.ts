import { isObject, type JsonObject } from '../exact-json';
import { jsonReply, type Call, type Reply } from '../provider';
import { REPORT_DOCUMENTS } from '../scripts/report';
import { PARALLEL } from './research';
import type { ReportifySettings } from './settings';
import { Refusal, type Validation } from './validation';

/** A document as it arrived at the upload endpoint. */
export interface UploadedDocument {
	readonly id: string;
	readonly title: string;
	/** Name in the file part; undefined for uploads by address. */
	readonly fileName: string | undefined;
	readonly content: Buffer | undefined;
	/** All other form fields, or the JSON object of an upload by address. */
	readonly fields: Readonly<Record<string, unknown>>;
}

/** A document with this in its name ends as `failed`. */
const FAIL_MARK = '[fail]';

/**
 * Documents: those that were uploaded, and those that the tools of the documented run find (docs/apis/reportify.md §8).
 */
export class DocumentLibrary {
	readonly uploaded: UploadedDocument[] = [];
	private readonly asked = new Map<string, number>();

	constructor(
		private readonly settings: () => ReportifySettings,
		private readonly check: Validation,
	) {}

	clear(): void {
		this.uploaded.length = 0;
		this.asked.clear();
	}

	/** `POST /v1/docs/upload/form` */
	async uploadForm({ request }: Call): Promise<Reply> {
		const { check } = this;
		const contentType = request.headers['content-type'] ?? '';
		if (!/^multipart\/form-data\b/i.test(contentType))
			throw check.invalid(['body', 'file'], 'Field required', 'missing');
		let form: FormData;
		try {
			form = await new Response(new Uint8Array(request.body), { headers: { 'Content-Type': contentType } }).formData();
		} catch {
			throw refusal(400, 'There was an error parsing the body');
		}
		const file = form.get('file');
		if (file === null) throw check.invalid(['body', 'file'], 'Field required', 'missing');
		if (typeof file === 'string')
			throw check.invalid(['body', 'file'], 'Value error, expected a file upload', 'value_error');
		// ASSUMPTION: the limit of 1 GB is published, its status is not.
		if (file.size > this.settings().largestFile) throw refusal(413, 'File too large');
		const fields: Record<string, string> = {};
		for (const [name, value] of form) if (typeof value === 'string') fields[name] = value;
		for (const name of ['tags', 'metadatas']) this.objectField(name, fields[name]);
		if (fields.published_at !== undefined && !/^-?\d+$/.test(fields.published_at)) {
			const message = 'Input should be a valid integer, unable to parse string as an integer';
			throw check.invalid(['body', 'published_at'], message, 'int_parsing');
		}
		const content = Buffer.from(await file.arrayBuffer());
		return jsonReply(200, this.add(fields.name ?? file.name, file.name, content, fields));
	}

	/** `POST /v1/docs/upload` and `…/upload/async`: by address */
	uploadUrls({ request }: Call): Reply {
		const { docs } = this.check.body(request);
		if (!Array.isArray(docs)) throw this.check.invalid(['body', 'docs'], 'Field required', 'missing');
		const results = docs.map((document: unknown, index) => {
			if (!isObject(document) || typeof document.url !== 'string') {
				throw this.check.invalid(['body', 'docs', index, 'url'], 'Field required', 'missing');
			}
			const title = typeof document.name === 'string' ? document.name : document.url;
			return this.add(title, undefined, undefined, document);
		});
		return jsonReply(200, `{"docs":[${results.join(',')}]}`);
	}

	/** `GET /v1/docs/{doc_id}/upload/status`: one status after the other, each time it is asked. */
	status({ params: { document: id = '' } }: Call): Reply {
		const document = this.uploaded.find((each) => each.id === id);
		if (document === undefined) return notFound();
		const { uploadStatuses } = this.settings();
		const asked = this.asked.get(id) ?? 0;
		this.asked.set(id, asked + 1);
		const status = uploadStatuses[Math.min(asked, uploadStatuses.length - 1)];
		const fails = status === 'completed' && document.title.includes(FAIL_MARK);
		return jsonReply(200, JSON.stringify({ id, status: fails ? 'failed' : status }));
	}

	/** `GET /v1/docs/{doc_id}`, in the form of the documentation's example. */
	get({ params: { document: id = '' } }: Call): Reply {
		const uploaded = this.uploaded.find((each) => each.id === id);
		const found = uploaded === undefined ? foundByTools().find(({ doc_id }) => doc_id === id) : undefined;
		const known = found ?? (uploaded && { title: uploaded.title, category: 'files' });
		if (known === undefined) return notFound();
		const category = String(known.category);
		const document = {
			doc_id: id,
			title: known.title,
			url: `https://reportify.cn/${category}/${id}`,
			file_url: `https://files.reportify.cn/media/${id}.pdf`,
			media_url: '',
			institution: uploaded === undefined ? 'Morgan Stanley' : '',
			author: uploaded === undefined ? 'Jane Doe' : '',
			published_date: '2025-12-15',
			category,
			market: 'us',
			symbol: 'MU',
			company_name: 'Micron Technology',
			logo: '',
			summary: '…',
			chunks: [{ type: 'text', media_url: '', content: '现货价继续上涨。', summary: '' }],
			tags: objectIn(uploaded?.fields.tags),
			metadatas: objectIn(uploaded?.fields.metadatas),
		};
		return jsonReply(200, JSON.stringify(document));
	}

	/** `tags` and `metadatas` are JSON text of an object. */
	private objectField(name: string, text: string | undefined): void {
		if (text === undefined) return;
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch {
			throw this.check.invalid(['body', name], 'Invalid JSON', 'json_invalid');
		}
		if (!isObject(value)) throw this.check.invalid(['body', name], 'Input should be a valid dictionary', 'dict_type');
	}

	private add(
		title: string,
		fileName: string | undefined,
		content: Buffer | undefined,
		fields: Record<string, unknown>,
	): string {
		const id = String(1182736450918273645n + 2n * BigInt(this.uploaded.length));
		this.uploaded.push({ id, title, fileName, content, fields });
		return JSON.stringify({ id, title, original_url: `https://files.reportify.cn/${id}` });
	}
}

function foundByTools(): JsonObject[] {
	const tools = PARALLEL.flatMap(({ work }) => work.flatMap((part) => ('tools' in part ? part.tools : [])));
	return [...tools.flatMap(({ output }) => output.docs as JsonObject[]), ...REPORT_DOCUMENTS];
}

function objectIn(value: unknown): JsonObject {
	if (isObject(value)) return value;
	return typeof value === 'string' ? (JSON.parse(value) as JsonObject) : {};
}

function refusal(status: number, detail: string): Refusal {
	return new Refusal(jsonReply(status, JSON.stringify({ detail })));
}

/** ASSUMPTION: what is said of a document that does not exist is not published. */
function notFound(): Reply {
	return jsonReply(404, JSON.stringify({ detail: 'Document not found' }));
}
