import type { ProviderComplaint } from '../failures/provider-error';
import type { JsonObject, JsonValue } from '../json/json';
import type { AnswerChange, AnswerFile, AnswerResult, AnswerStep, ProviderEvent } from './answer-change';
import { AnswerText, type Composition, type TextChange } from './answer-text';
import { LastStep, type StepInBrief } from './last-step';
import { RecentEvents } from './recent-events';

export interface AnswerOptions {
	composition: Composition;
	keepSteps?: boolean;
	keepEvents?: boolean;
}

/** How the run ended, as the provider's terminal event said. */
export type AnswerOutcome = { status: 'completed' | 'cancelled' } | { status: 'failed'; complaint: ProviderComplaint };

interface OpenStep extends AnswerStep {
	startedMs?: number;
}

/**
 * An answer that is being put together from provider events. Pure: no clock, no I/O, nothing of n8n, so that every
 * order of events can be replayed against it.
 */
export class Answer {
	readonly ids: { conversationId?: string; messageId?: string } = {};
	readonly files: AnswerFile[] = [];
	readonly events: Array<JsonObject | string> = [];
	usage: JsonValue = null;
	/** The usage arrived after the terminal event, so there is nothing more to wait for. */
	usageIsFinal = false;
	/** Distinct events seen. */
	eventCount = 0;
	/** The largest offset seen; the cursor for resuming. */
	lastOffset: number | undefined;
	/** Set by the first terminal event; later ones change nothing. */
	outcome: AnswerOutcome | undefined;
	/** The result of the run, where the terminal event states it. */
	result: AnswerResult | undefined;
	/** The provider's word for an end that was not a natural one. */
	finishReason: string | undefined;
	/** A text was recognised, whether it is part of the answer or not. */
	hasText = false;
	/** What the provider said last about something that went wrong on the way. */
	complaint: ProviderComplaint | undefined;
	/** The first event, to be shown if no event had text in a known form. */
	firstEvent: JsonObject | string | undefined;
	/** An event that could not be read may have carried text: what was put together since is not to be trusted. */
	damaged = false;

	private text: AnswerText;
	private latest = new LastStep();
	private readonly stepList: OpenStep[] = [];
	/** Steps by key, in the order in which they began, and how many of them have ended: the oldest ends first. */
	private readonly openSteps = new Map<string, { steps: OpenStep[]; ended: number }>();
	private readonly recent = new RecentEvents();
	/** Events with an id and no position, in a log that has positions: reading on can bring any of them again. */
	private readonly unplaced = new Set<string>();
	/** Reading on after `lastOffset` would miss nothing: positions came in order, and events without one have an id. */
	private isCursorSafe = true;
	private resumed = false;

	constructor(private readonly options: AnswerOptions) {
		this.text = new AnswerText(options.composition);
	}

	/**
	 * Announces that the next events come from a new connection.
	 *
	 * @returns the offset to ask from, or undefined when the log has to be read again from its start. In that case what
	 * was put together so far is dropped: without safe positions, repeats cannot be distinguished from new events.
	 */
	resume(): number | undefined {
		this.damaged = false;
		if (this.isCursorSafe && this.lastOffset !== undefined) {
			this.resumed = true;
			return this.lastOffset;
		}
		this.text = new AnswerText(this.options.composition);
		this.usage = null;
		this.usageIsFinal = false;
		this.hasText = false;
		this.outcome = this.result = this.finishReason = this.firstEvent = undefined;
		this.files.length = this.events.length = this.stepList.length = 0;
		this.openSteps.clear();
		this.latest = new LastStep();
		this.recent.clear();
		this.unplaced.clear();
		this.eventCount = 0;
		this.lastOffset = undefined;
		this.isCursorSafe = true;
		this.resumed = false;
		return undefined;
	}

	/**
	 * Takes one event in.
	 *
	 * @returns what it did to the text; `'repeated'` for an event that was applied before
	 */
	apply(event: ProviderEvent): TextChange[] | 'repeated' {
		if (this.isRepeated(event)) return 'repeated';
		if (event.isUnreadable) {
			// Not counted as seen: a resume has to ask for it again. After the terminal event nothing of value is lost.
			this.damaged ||= this.outcome === undefined;
			return [];
		}
		// This comes first: if it throws, the event must not count as seen, or it would never be asked for again.
		const effects = event.changes();
		if (this.options.keepEvents) this.events.push(event.raw);
		this.firstEvent ??= event.raw;
		this.remember(event);
		this.eventCount++;
		const changes: TextChange[] = [];
		const isOver = this.outcome !== undefined;
		for (const change of effects) {
			// The answer is whole: words behind its end are none of it, unless they say what it is instead.
			if (isOver && (change.kind === 'textRemoved' || (change.kind === 'text' && !change.replace))) continue;
			const textChange = this.applyChange(change);
			if (textChange) changes.push(textChange);
		}
		return changes;
	}

	/** The answer's text as it stands. */
	toString(): string {
		return this.text.toString();
	}

	/** Replaces the text by what another event or another source of the provider says it is. */
	replaceText(text: string): void {
		this.text = new AnswerText('everything');
		this.text.append('', text);
	}

	/** Takes a clean end of the stream for the terminal event, where the provider documents none. */
	completeAtEnd(): void {
		if (!this.damaged && this.toString() !== '') this.outcome ??= { status: 'completed' };
	}

	addFile(file: AnswerFile): void {
		const known = this.files.find(({ id }) => id === file.id);
		if (!known) this.files.push(file);
		else if (known.name === known.id) known.name = file.name;
	}

	/** What the agent did, in the order in which it began. */
	get steps(): AnswerStep[] {
		return this.stepList.map(({ kind, name, input, output, status, startedAt, durationMs }) => {
			return { kind, name, input, output, status, startedAt, durationMs };
		});
	}

	/** What the agent began last, whether steps are kept or not. */
	get lastStep(): StepInBrief | undefined {
		return this.latest.inBrief;
	}

	private isRepeated(event: ProviderEvent): boolean {
		const { id, offset } = event;
		if (this.recent.has(event) || (id !== undefined && this.unplaced.has(id))) return true;
		if (!this.resumed || offset === undefined || this.lastOffset === undefined) return false;
		return offset < this.lastOffset || (offset === this.lastOffset && id === undefined);
	}

	private remember(event: ProviderEvent): void {
		this.recent.add(event);
		const { id, offset } = event;
		if (this.damaged) this.isCursorSafe = false;
		if (offset === undefined) {
			// It moves nothing, and is recognised by its id when it comes again (`docs/apis/reportify.md §3d-2`: `tool_end`).
			if (id === undefined) this.isCursorSafe = false;
			else if (this.lastOffset !== undefined) this.unplaced.add(id);
			return;
		}
		if (this.lastOffset === undefined || offset > this.lastOffset) this.lastOffset = offset;
		else this.isCursorSafe = false;
	}

	private applyChange(change: AnswerChange): TextChange {
		switch (change.kind) {
			case 'text':
				this.hasText ||= change.text.trim() !== '';
				return change.replace
					? this.text.replace(change.block, change.text, change.rank)
					: this.text.append(change.block, change.text, change.rank);
			case 'textRemoved':
				return this.text.remove(change.block);
			case 'stepStarted':
				this.latest.started(change.key, change.step);
				this.startStep(change.key, change.step, change.at);
				return undefined;
			case 'stepEnded':
				this.latest.ended(change.key, change.step);
				this.endStep(change.key, change.step, change.at);
				return undefined;
			case 'file':
				this.addFile(change.file);
				return undefined;
			case 'usage':
				this.usage = change.usage;
				this.usageIsFinal = this.outcome !== undefined;
				return undefined;
			case 'ids':
				this.ids.conversationId ??= change.conversationId;
				this.ids.messageId ??= change.messageId;
				return undefined;
			case 'ended':
				return this.end(change);
			case 'warning':
				this.complaint = change.complaint;
				return undefined;
			case 'failed':
				this.outcome ??= { status: 'failed', complaint: change.complaint };
				return undefined;
		}
	}

	/** The first terminal event counts; text that arrives only with it still counts. */
	private end({ status, text, result, finishReason }: Extract<AnswerChange, { kind: 'ended' }>): TextChange {
		if (this.outcome !== undefined) return undefined;
		this.outcome = { status };
		this.finishReason = finishReason;
		this.result = result;
		this.hasText ||= (result?.text ?? text ?? '').trim() !== '';
		if (result === undefined) return this.text.append('', text !== undefined && this.toString() === '' ? text : '');
		const before = this.toString();
		if (before === result.text) return undefined;
		this.replaceText(result.text);
		const isLonger = result.text.startsWith(before);
		return isLonger ? { appended: result.text.slice(before.length) } : { superseded: true };
	}

	private startStep(
		key: string,
		{ kind, name, input }: Pick<AnswerStep, 'kind' | 'name' | 'input'>,
		at?: number,
	): void {
		if (!this.options.keepSteps) return;
		const step: OpenStep = {
			kind,
			name,
			input,
			output: null,
			status: 'running',
			startedAt: isoTime(at),
			durationMs: null,
			startedMs: at,
		};
		this.stepList.push(step);
		const open = this.openSteps.get(key);
		if (open) open.steps.push(step);
		else this.openSteps.set(key, { steps: [step], ended: 0 });
	}

	private endStep(key: string, end: Partial<AnswerStep>, at?: number): void {
		if (!this.options.keepSteps) return;
		if (!this.openSteps.has(key)) {
			this.startStep(key, { kind: end.kind ?? '', name: end.name ?? '', input: end.input ?? null });
		}
		const open = this.openSteps.get(key)!;
		const step = open.steps[open.ended++]!;
		const durationMs = at !== undefined && step.startedMs !== undefined ? at - step.startedMs : null;
		Object.assign(step, { status: 'completed', durationMs }, end);
		if (open.ended === open.steps.length) this.openSteps.delete(key);
	}
}

/** A provider's time stamp as ISO text; null for what is no time (dates end in the year 275760). */
function isoTime(ms: number | undefined): string | null {
	return ms === undefined || !(Math.abs(ms) <= 8.64e15) ? null : new Date(ms).toISOString();
}
