import type { Source } from '../shared/answer-formats';
import type { AnswerStep } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';

/** Tools search in pages of a few; what lists more is no list of sources. */
const MOST_DOCUMENTS = 500;

/**
 * The documents that the tools of a run returned, each once: `docs` in the output of a tool, which is JSON text as a rule
 * (`docs/apis/reportify.md §3d-2`). That a tool returned one does not say that the answer uses it.
 */
export function toolDocuments(steps: readonly AnswerStep[]): Source[] {
	const documents = steps.filter(({ kind }) => kind === 'tool').flatMap(({ output }) => listedIn(output));
	const known = new Map<string, Source>();
	for (const document of documents) {
		const source = sourceOf(document);
		const key = source && (source.id ?? source.url);
		if (key && !known.has(key) && known.size < MOST_DOCUMENTS) known.set(key, source);
	}
	return [...known.values()];
}

/** The documents in a tool's output, or in the text that this output has as its content. */
function listedIn(output: JsonValue): JsonObject[] {
	const value = typeof output === 'string' ? tryParseJson(output) : output;
	if (value === undefined || !isJsonObject(value)) return [];
	if (Array.isArray(value.docs)) return value.docs.filter(isJsonObject);
	return value.content === undefined ? [] : listedIn(value.content);
}

function sourceOf(document: JsonObject): Source | undefined {
	const id = textMember(document, 'doc_id', 'id') ?? null;
	const url = webAddress(textMember(document, 'url'));
	const title = textMember(document, 'title') ?? url ?? id;
	if (title === null) return undefined;
	const category = textMember(document, 'category');
	const publishedAt = publishedIn(document);
	return { title, url, id, publishedAt, from: 'tool', ...(category === undefined ? {} : { category }) };
}

export const webAddress = (url: string | undefined): string | null =>
	url !== undefined && /^https?:\/\/\S+$/i.test(url) ? url : null;

/** When a document was published: milliseconds in the output of a tool, a day where the document itself is asked for. */
export function publishedIn({ published_at: time, published_date: day }: JsonObject): string | null {
	const ms = typeof time === 'string' && /^\d{12,14}$/.test(time) ? Number(time) : time;
	if (typeof ms === 'number' && Math.abs(ms) <= 8.64e15) return new Date(ms).toISOString();
	const text = [time, day].find((value) => typeof value === 'string' && value.trim() !== '');
	return typeof text === 'string' ? text.trim() : null;
}
