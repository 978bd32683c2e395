import type { Source } from '../shared/answer-formats';
import { attempt } from '../shared/attempt';
import { RequestRefused } from '../shared/http/http-error';
import { TransportFailure } from '../shared/http/transport';
import { Watchdog } from '../shared/http/watchdog';
import { textMember } from '../shared/json/json';
import { explainFailure } from '../shared/n8n/explain-failure';
import type { OperationCall } from '../shared/n8n/operation';
import { runOf } from '../shared/n8n/run-memory';
import { REPORTIFY } from './reportify-api';
import { apiOf } from './reportify-provider';
import { publishedIn, webAddress } from './tool-documents';

/** Documents of one answer that are looked up; a run has a few dozen. */
const MOST_LOOKED_UP = 100;
/** Documents that are looked up at a time, in all items together. */
const AT_ONCE = 3;
/** How long Reportify may take over one document, milliseconds. */
const PATIENCE_MS = 15_000;

/**
 * Asks Reportify where the documents are that tools returned, and who published them. What cannot be told says why, and
 * never costs the answer; when Reportify turns requests away, the rest is not asked for.
 */
export async function withAddresses(call: OperationCall, sources: readonly Source[]): Promise<Source[]> {
	const { downloads } = runOf(call.context);
	let givenUp: string | undefined;
	return await Promise.all(
		sources.map(async (source, index) => {
			if (source.url !== null || source.id === null) return source;
			if (index >= MOST_LOOKED_UP) return { ...source, notLookedUp: TOO_MANY };
			const { id } = source;
			return await downloads.enter().run(undefined, AT_ONCE, async () => {
				if (givenUp !== undefined || call.stop.aborted) return { ...source, notLookedUp: givenUp ?? STOPPED };
				const found = await attempt(() => lookedUp(call, id));
				if (found.worked)
					return { ...source, ...found.value, publishedAt: source.publishedAt ?? found.value.publishedAt };
				const { message } = explainFailure(found.error, REPORTIFY);
				if (!isUnknown(found.error)) givenUp ??= message;
				return { ...source, notLookedUp: message };
			});
		}),
	);
}

/** The members that are told; a document's whole text comes along, and is left. */
async function lookedUp(call: OperationCall, id: string): Promise<Partial<Source> & Pick<Source, 'publishedAt'>> {
	const tooLate = new AbortController();
	const watchdog = new Watchdog(call.connection.clock, PATIENCE_MS, () =>
		tooLate.abort(new TransportFailure('maybe', 'The document did not come.')),
	);
	try {
		const document = await apiOf(call).document(id, AbortSignal.any([call.stop, tooLate.signal]));
		const institution = textMember(document, 'institution');
		const author = textMember(document, 'author');
		const url = webAddress(textMember(document, 'url')) ?? webAddress(textMember(document, 'file_url'));
		return {
			url,
			publishedAt: publishedIn(document),
			...(institution === undefined ? {} : { institution }),
			...(author === undefined ? {} : { author }),
			...(url === null ? { notLookedUp: NO_ADDRESS } : {}),
		};
	} finally {
		watchdog.stop();
	}
}

/** That one is gone says nothing about the others. */
const isUnknown = (error: unknown): boolean =>
	error instanceof RequestRefused && [404, 410].includes(error.refusal.status);

const NO_ADDRESS = 'Reportify names no address';
const STOPPED = 'The workflow was stopped';
const TOO_MANY = `Only the first ${MOST_LOOKED_UP} documents of an answer are looked up`;
