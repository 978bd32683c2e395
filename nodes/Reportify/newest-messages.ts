import { attempt } from '../shared/attempt';
import { ReplyTooLarge } from '../shared/http/transport';
import type { JsonObject } from '../shared/json/json';
import { LARGEST_MESSAGE_PAGE, type ReportifyApi } from './reportify-api';

/**
 * A server may give fewer messages at a time than were asked for, but not fewer than it does unasked
 * (`docs/apis/reportify.md §6`).
 */
const SHORT_MESSAGE_PAGE = 10;

/**
 * The messages of a conversation, newest first. Pages backwards in time: each page is asked for with the oldest id of
 * the one before, and only when it is needed (`docs/apis/reportify.md §6`).
 *
 * @param limit how many at most
 * @param deadline for each request
 */
export async function* newestMessages(
	api: ReportifyApi,
	conversationId: string,
	limit: number,
	deadline: () => AbortSignal,
): AsyncGenerator<JsonObject> {
	const seen = new Set<string>();
	let left = limit;
	let largest = LARGEST_MESSAGE_PAGE;
	for (let beforeMessageId: string | undefined; left > 0;) {
		const pageSize = Math.min(largest, left);
		const listed = await attempt(() => api.messages(conversationId, { limit: pageSize, beforeMessageId }, deadline()));
		if (!listed.worked) {
			// A message may bring the whole log of its answer with it; the newest ones are wanted first.
			if (!(listed.error instanceof ReplyTooLarge) || pageSize === 1) throw listed.error;
			largest = Math.ceil(pageSize / 5);
			continue;
		}
		const page = listed.value;
		const fresh = page.filter(({ id }) => typeof id !== 'string' || !seen.has(id)).slice(0, left);
		fresh.forEach(({ id }) => typeof id === 'string' && seen.add(id));
		yield* fresh;
		left -= fresh.length;
		beforeMessageId = oldestId(page);
		if (page.length < Math.min(pageSize, SHORT_MESSAGE_PAGE)) return;
		// A page without news would be asked for again and again.
		if (fresh.length === 0 || beforeMessageId === undefined) return;
	}
}

function oldestId(page: JsonObject[]): string | undefined {
	const ids = page.map(({ id }) => id).filter((id): id is string => typeof id === 'string' && /^\d+$/.test(id));
	return ids.reduce<string | undefined>(
		(oldest, id) => (oldest && BigInt(oldest) < BigInt(id) ? oldest : id),
		undefined,
	);
}
