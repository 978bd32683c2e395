import { attempt } from '../shared/attempt';
import type { Clock } from '../shared/clock';
import { ConversationFailure } from '../shared/failures/conversation-failure';
import { RequestRefused } from '../shared/http/http-error';
import { type JsonObject, textMember } from '../shared/json/json';
import { explainFailure } from '../shared/n8n/explain-failure';
import { REPORTIFY, type ReportifyApi } from './reportify-api';

/** How long a document may be prepared, seconds; as long as an answer by default. */
const PATIENCE_S = 1800;

/** For so long, a document that was just uploaded need not be known yet. ASSUMPTION: nothing is published about it. */
const UNKNOWN_PATIENCE_S = 30;

/** Timeout of a request for a status, milliseconds. */
const REPLY_TIMEOUT_MS = 60_000;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** What Reportify says of an uploaded document (`docs/apis/reportify.md §8`). */
export interface DocumentStatus {
	/** `pending`, `processing`, `completed` or `failed`; as Reportify writes it. */
	status: string;
	reply: JsonObject;
}

/**
 * Asks once how far a document is.
 *
 * @throws ConversationFailure when the reply has no status
 */
export async function documentStatus(
	api: ReportifyApi,
	documentId: string,
	signal: AbortSignal,
): Promise<DocumentStatus> {
	const reply = await api.documentStatus(documentId, signal);
	const status = textMember(reply, 'status');
	if (status !== undefined) return { status, reply };
	throw new ConversationFailure(`${REPORTIFY} does not say how far the document is`, {
		code: 'unknown_form',
		hint: `The document ID is ${documentId}. Look at the document on Reportify's web page.`,
		providerText: JSON.stringify(reply).slice(0, 200),
	});
}

interface Waiting {
	api: ReportifyApi;
	clock: Clock;
	/** n8n's Stop. */
	stop: AbortSignal | undefined;
}

/**
 * Waits until questions can refer to an uploaded document.
 *
 * @throws ConversationFailure when Reportify could not prepare it, or takes too long; it names the document, which is there
 */
export async function documentReady({ api, clock, stop }: Waiting, documentId: string): Promise<DocumentStatus> {
	const begin = clock.now();
	for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
		stop?.throwIfAborted();
		const signal = AbortSignal.any([...(stop ? [stop] : []), AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
		const asked = await attempt(() => documentStatus(api, documentId, signal));
		const seconds = (clock.now() - begin) / 1000;
		if (!asked.worked && stop?.aborted) throw stop.reason;
		if (!asked.worked && !(isUnknown(asked.error) && seconds < UNKNOWN_PATIENCE_S)) {
			throw afterUpload(asked.error, documentId);
		}
		const status = asked.worked ? asked.value.status.trim().toLowerCase() : 'unknown';
		if (asked.worked && status === 'completed') return asked.value;
		if (asked.worked && status === 'failed') throw unprepared(documentId, asked.value.reply);
		if (seconds >= PATIENCE_S) throw notReady(documentId, status);
		await clock.sleep(pause, stop);
	}
}

const isUnknown = (error: unknown) => error instanceof RequestRefused && error.refusal.status === 404;

/** The document is there: what to do next is to ask for it again, not to upload it again. */
function afterUpload(error: unknown, documentId: string): ConversationFailure {
	const failure = explainFailure(error, REPORTIFY);
	failure.details.hint = `The document is uploaded, only its status could not be read. ${askLater(documentId)}`;
	return failure;
}

const askLater = (documentId: string) => `Ask for it later: Document: Get Status with the ID ${documentId}.`;

const unprepared = (documentId: string, reply: JsonObject) =>
	new ConversationFailure(`${REPORTIFY} could not prepare the document`, {
		code: 'document_failed',
		hint: `Check that the file can be opened, has a text to read and is of a kind that Reportify knows. The document ID is ${documentId}.`,
		providerText: textMember(reply, 'error', 'message', 'detail', 'reason'),
	});

const notReady = (documentId: string, status: string) =>
	new ConversationFailure(`The document was not ready within ${PATIENCE_S} seconds`, {
		code: 'document_not_ready',
		hint: `It is uploaded, and its status is "${status}". ${askLater(documentId)}`,
	});
