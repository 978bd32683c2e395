import { Answer } from '../shared/answer/answer';
import type { ProviderEvent } from '../shared/answer/answer-change';
import { attempt } from '../shared/attempt';
import type { LookedUp } from '../shared/following/answer-source';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { newestMessages } from './newest-messages';
import type { ReportifyApi } from './reportify-api';
import { complaintIn } from './reportify-error';
import { ReportifyEvents } from './reportify-events';

/** Messages to look through for an answer; others may have been written since. */
const LOOK_UP_LIMIT = 200;

const CANCELLED = ['cancelled', 'canceled', 'stopped', 'aborted'];
const FAILED = ['failed', 'error', 'errored'];

/**
 * What Reportify says about an answer outside of its stream: the log of its events, and only where that does not show
 * the end, the list of messages (`docs/apis/reportify.md §6`).
 *
 * @throws RequestRefused, TransportFailure, ConversationFailure
 */
export async function lookUpMessage(
	api: ReportifyApi,
	conversationId: string,
	messageId: string,
	signal: AbortSignal,
): Promise<LookedUp> {
	const reading = await attempt(() => api.eventLog(conversationId, messageId, signal));
	signal.throwIfAborted();
	const log = new EventLog(reading.worked ? reading.value : []);
	if (log.hasEnd) return log.asFound();
	const listed = await attempt(() => listedMessage(api, conversationId, messageId, signal));
	signal.throwIfAborted();
	if (!listed.worked && log.isEmpty) throw listed.error;
	if (listed.worked && listed.value) return lookedUp(listed.value, log);
	return log.isEmpty ? { state: 'missing' } : log.asFound();
}

async function listedMessage(
	api: ReportifyApi,
	conversationId: string,
	messageId: string,
	signal: AbortSignal,
): Promise<JsonObject | undefined> {
	for await (const message of newestMessages(api, conversationId, LOOK_UP_LIMIT, () => signal)) {
		if (textMember(message, 'assistant_message_id') === messageId) return message;
	}
	return undefined;
}

/** The events of an answer that were stored, and what they make of it. */
class EventLog {
	private readonly decoder = new ReportifyEvents(() => true);
	private readonly answer = new Answer({ composition: 'lastBlock' });

	constructor(private readonly stored: JsonValue[]) {
		for (const event of this.decoder.decodeEvents(stored)) this.answer.apply(event);
	}

	get isEmpty(): boolean {
		return this.answer.eventCount === 0;
	}

	get hasEnd(): boolean {
		return this.answer.outcome !== undefined;
	}

	/** What went wrong, in the provider's words. */
	get complaint() {
		const { outcome, complaint } = this.answer;
		return outcome?.status === 'failed' && outcome.complaint.text !== '' ? outcome.complaint : complaint;
	}

	/** As much of the answer as can be seen; no plan and no notes. */
	get text(): string | undefined {
		return this.answer.toString() || undefined;
	}

	/** The text of the result, where it is complete although the end is missing. */
	get wholeText(): string | undefined {
		return this.decoder.wholeText;
	}

	/** Undefined where nothing is known of files. */
	get files() {
		return this.isEmpty ? undefined : this.answer.files;
	}

	holdsMoreThan(other: EventLog): boolean {
		if (this.hasEnd !== other.hasEnd) return this.hasEnd;
		return this.answer.eventCount > other.answer.eventCount;
	}

	/** For being read again, with a decoder that has seen nothing yet. */
	asFound(): LookedUp {
		const events: ProviderEvent[] = new ReportifyEvents(() => true).decodeEvents(this.stored);
		return { state: 'log', events };
	}
}

/** @param log what the log contained, without its end */
function lookedUp(message: JsonObject, log: EventLog): LookedUp {
	const listed = new EventLog(Array.isArray(message.assistant_events) ? message.assistant_events : []);
	const fullest = listed.holdsMoreThan(log) ? listed : log;
	const status = (textMember(message, 'status') ?? '').toLowerCase();
	const complaint = complaintIn(message.error_info);
	const content = textOfContent(message);
	if (FAILED.includes(status) || complaint) {
		const said = complaint ?? fullest.complaint ?? { text: `status ${status}` };
		return { state: 'failed', complaint: said, text: fullest.text };
	}
	if (fullest.hasEnd) return fullest.asFound();
	const { files } = fullest;
	if (CANCELLED.includes(status)) return { state: 'cancelled', text: fullest.text ?? content ?? '', files };
	// "completed" without a text says nothing about the answer, which may not be in the list yet.
	const text = status === 'completed' ? wholeText(fullest, content) : undefined;
	if (text !== undefined) return { state: 'completed', text, files };
	return { state: 'running', text: fullest.text ?? content, said: status !== '' && status !== 'completed' };
}

/**
 * The events take precedence over the listed text, whose meaning is not documented; but they may lag behind it
 * (`docs/apis/reportify.md §6`).
 */
function wholeText(log: EventLog, content: string | undefined): string | undefined {
	const text = log.wholeText;
	return text === undefined || content?.startsWith(text) ? content : text;
}

/** `content` is an object with a text in lists and plain text elsewhere (`docs/apis/reportify.md §2`). */
export function textOfContent({ content }: JsonObject): string | undefined {
	const text = isJsonObject(content) ? textMember(content, 'text', 'content') : content;
	return typeof text === 'string' && text !== '' ? text : undefined;
}
