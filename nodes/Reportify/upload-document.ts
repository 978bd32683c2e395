import { attempt } from '../shared/attempt';
import { ConversationFailure } from '../shared/failures/conversation-failure';
import { InvalidParameter } from '../shared/failures/invalid-parameter';
import { isServerFault, RequestRefused } from '../shared/http/http-error';
import { TransportFailure } from '../shared/http/transport';
import { isJsonObject, type JsonObject, textMember } from '../shared/json/json';
import { explainFailure } from '../shared/n8n/explain-failure';
import { itemFile, type ItemFile } from '../shared/n8n/item-file';
import type { OperationCall } from '../shared/n8n/operation';
import { documentReady } from './document-status';
import { REPORTIFY } from './reportify-api';
import { apiOf } from './reportify-provider';
import { StreamedFile } from './streamed-file';
import { TransferDeadline, transferSeconds } from './transfer-deadline';

/** `docs/apis/reportify.md §8` */
const LARGEST_UPLOAD = 1024 ** 3;

/** Uploads of one run of the node at the same time: each holds a connection and an open file. */
const MOST_UPLOADS = 3;

export interface DocumentToUpload {
	/** The binary field of the item, or the file itself, as an expression gives it. */
	field: unknown;
	/** The parameter that names it, for messages. */
	parameter: string;
	/** Fields of the form beside the file; undefined ones are left out. */
	fields: Record<string, string | undefined>;
	waitUntilReady: boolean;
}

export interface UploadedDocument {
	id: string;
	title: string;
	/** Only of a document that was waited for. */
	status?: string;
	reply: JsonObject;
}

/**
 * Uploads a file of the current item. When n8n runs the node again (Retry On Fail), a document that was uploaded before is
 * taken as it is.
 *
 * @throws InvalidParameter, ConversationFailure and what requests throw
 */
export async function uploadDocument(call: OperationCall, document: DocumentToUpload): Promise<UploadedDocument> {
	const file = await itemFile(call.context, document.field, document.parameter);
	if (file.size > LARGEST_UPLOAD) {
		const size = (file.size / 1024 ** 3).toFixed(1);
		const hint = `It has ${size} GB. Split the file, or leave out its pictures.`;
		throw new InvalidParameter(
			document.parameter,
			'names a file of more than 1 GB, the most that Reportify takes',
			hint,
		);
	}
	const upload = uploadsOf(call).of(keyOf(call, file, document));
	const uploaded = await upload.sent(() => sent(call, file, document));
	return document.waitUntilReady ? await upload.ready(() => ready(call, uploaded)) : uploaded;
}

/** n8n evaluates parameters again for each try: a name with `{{ $now }}` in it does not make it another upload. */
function keyOf({ context, itemIndex }: OperationCall, { identity }: ItemFile, document: DocumentToUpload): string {
	// As a tool, a node runs on the execute data of its agent, call after call.
	const isTool = context.getExecuteData().node.name !== context.getNode().name;
	return JSON.stringify([itemIndex, document.parameter, identity, isTool ? document.fields : {}]);
}

async function ready(call: OperationCall, uploaded: UploadedDocument): Promise<UploadedDocument> {
	const waiting = { api: apiOf(call), clock: call.connection.clock, stop: call.stop };
	const { status, reply } = await documentReady(waiting, uploaded.id);
	return { ...uploaded, status, reply: { ...uploaded.reply, ...reply, id: uploaded.id } };
}

async function sent(call: OperationCall, file: ItemFile, { fields }: DocumentToUpload): Promise<UploadedDocument> {
	const seconds = transferSeconds(file.size);
	const deadline = new TransferDeadline(call.connection.clock, call.stop, lateUpload);
	const content = new StreamedFile(file);
	try {
		deadline.allow(seconds);
		const form = new FormData();
		for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
		form.set('file', content);
		const reply = await attempt(() => apiOf(call).uploadDocument(form, deadline.signal));
		if (reply.worked) return uploadedDocument(reply.value, file);
		if (deadline.signal.aborted) throw deadline.signal.reason;
		throw content.problem === undefined ? explained(reply.error) : unread(content.problem);
	} finally {
		deadline.end();
		await content.close();
	}
}

/** @throws ConversationFailure when the reply has no id */
function uploadedDocument(reply: JsonObject, file: ItemFile): UploadedDocument {
	// An upload by address answers with a list.
	const [listed] = Array.isArray(reply.docs) ? reply.docs.filter(isJsonObject) : [];
	const document = listed ?? reply;
	const id = textMember(document, 'id', 'doc_id');
	if (id !== undefined) return { id, title: textMember(document, 'title', 'name') ?? file.name, reply: document };
	throw new ConversationFailure(`${REPORTIFY} took the file but did not say under which ID`, {
		code: 'no_document_id',
		hint: MAY_BE_THERE,
		providerText: JSON.stringify(reply).slice(0, 200),
	});
}

const MAY_BE_THERE =
	"The document may be there all the same. Look at your documents on Reportify's web page before you upload it again.";

/** Not every failure of an upload means that nothing has arrived. */
function explained(error: unknown): ConversationFailure {
	const failure = explainFailure(error, REPORTIFY);
	const isLost = error instanceof TransportFailure && error.reached === 'maybe';
	const isFault = error instanceof RequestRefused && isServerFault(error.refusal);
	if (isLost || isFault) failure.details.hint = MAY_BE_THERE;
	return failure;
}

const lateUpload = (seconds: number) =>
	new ConversationFailure(`The upload took longer than ${seconds} seconds`, {
		code: 'timeout',
		hint: `The connection to Reportify is too slow for this file, or stands still. ${MAY_BE_THERE}`,
	});

const unread = (problem: unknown) =>
	new ConversationFailure('The file could not be read to its end', {
		code: 'file_gone',
		hint: 'Run the workflow from the node that reads the file.',
		technicalText: String(problem),
	});

/** The uploads of one run of a node. */
class Uploads {
	private readonly known = new Map<string, Upload>();
	private readonly waiting: Array<() => void> = [];
	private running = 0;

	of(key: string): Upload {
		const upload = this.known.get(key) ?? new Upload(this);
		this.known.set(key, upload);
		return upload;
	}

	/** Runs the work as soon as there is a free place. */
	async inTurn<T>(work: () => Promise<T>): Promise<T> {
		if (this.running >= MOST_UPLOADS) await new Promise<void>((resolve) => this.waiting.push(resolve));
		else this.running++;
		try {
			return await work();
		} finally {
			const next = this.waiting.shift(); // takes this place over
			if (next) next();
			else this.running--;
		}
	}
}

/** One upload, across the tries of the node: what has worked is not done again. */
class Upload {
	private sending: Promise<UploadedDocument> | undefined;
	private preparing: Promise<UploadedDocument> | undefined;

	constructor(private readonly uploads: Uploads) {}

	async sent(work: () => Promise<UploadedDocument>): Promise<UploadedDocument> {
		const sending = (this.sending ??= this.uploads.inTurn(work));
		if (!(await attempt(() => sending)).worked && this.sending === sending) this.sending = undefined;
		return await sending;
	}

	async ready(work: () => Promise<UploadedDocument>): Promise<UploadedDocument> {
		const preparing = (this.preparing ??= work());
		if (!(await attempt(() => preparing)).worked && this.preparing === preparing) this.preparing = undefined;
		return await preparing;
	}
}

/** n8n's Retry On Fail runs the node again with the same execute data; what hangs on it is gone with the execution. */
const runs = new WeakMap<object, Map<string, Uploads>>();

function uploadsOf({ context }: OperationCall): Uploads {
	const run = context.getExecuteData() as object;
	const byNode = runs.get(run) ?? new Map<string, Uploads>();
	runs.set(run, byNode);
	const { name } = context.getNode();
	const uploads = byNode.get(name) ?? new Uploads();
	byNode.set(name, uploads);
	return uploads;
}
