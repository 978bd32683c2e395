import { AnswerTooLarge, LARGEST_ANSWER } from '../answer/answer-text';
import { isBlank } from '../answer/blank-text';
import { ConversationFailure } from '../failures/conversation-failure';
import type { ProviderError } from '../failures/provider-error';
import { shortened } from '../failures/shortened';
import { webPage } from '../failures/web-page';
import { FrameTooLarge, WebPageInstead } from '../frames/frame';
import { HttpError, httpFailure } from '../http/http-error';
import { IdleTimeout } from '../http/idle-timeout';
import { brokenConnection, replyTooLarge } from '../http/no-reply';
import { ConnectionError, LARGEST_TEXT, NothingSent, ReplyTooLarge } from '../http/transport';
import type { AnswerSource } from './answer-source';
import { QuestionNotFound } from './asking';
import {
	brokenBy,
	describeInterruption,
	EndedEarly,
	type Interruption,
	interruptionOf,
	MaxDurationExceeded,
	Stopped,
} from './interruption';
import type { LookUpResult } from './look-up';
import type { Question } from './question';
import type { Reading } from './reading';

/** Characters of the provider's reason in a headline. */
const HEADLINE_REASON = 80;
/** Characters of an event that is shown because nothing in it was understood. */
const SHOWN_EVENT = 300;

const ANSWER_LATER = 'the answer later with the operation Collect and the IDs given here';

/** To one decimal, as people write it. */
const secondsOf = (ms: number) => Math.round(ms / 100) / 10;

/**
 * Explains to the user why there is no answer, and what to do about it. Texts for a refusal's status are in http-error.ts,
 * all texts together in docs/errors.md.
 */
export class FailureWording {
	/**
	 * @param question whose fate decides what can be done about it
	 * @param reading what had arrived, and what the provider said about something that went wrong before the end
	 */
	constructor(
		private readonly source: AnswerSource,
		private readonly limits: { maxDurationMs: number },
		private readonly question: Question,
		private readonly reading: Pick<Reading, 'soFar' | 'text' | 'beginning'>,
	) {}

	/** Whatever ended the following, in the user's terms. */
	explain(error: unknown): ConversationFailure {
		const { providerName } = this.source;
		if (error instanceof ConversationFailure) return error;
		if (error instanceof Stopped) {
			return new ConversationFailure('The execution was stopped', {
				code: 'stopped',
				hint: this.stopHint(),
			});
		}
		if (error instanceof MaxDurationExceeded) {
			const seconds = secondsOf(this.limits.maxDurationMs);
			return new ConversationFailure(`The answer of ${providerName} was not finished within ${seconds} seconds`, {
				code: 'max_duration',
				hint: `Raise "Timeout: Total" in the options of this node${this.collectLaterHint()}.${this.notRepeatedHint()}`,
			});
		}
		if (error instanceof QuestionNotFound) return this.questionNotFound(error);
		if (error instanceof IdleTimeout) return this.silent(error.ms);
		if (error instanceof HttpError) {
			const failure = httpFailure(providerName, error.response);
			failure.details.hint += this.notRepeatedHint();
			return failure;
		}
		if (error instanceof NothingSent) return this.unsent(error);
		if (error instanceof ConnectionError) return this.broken(error);
		if (error instanceof ReplyTooLarge) return replyTooLarge(providerName);
		if (error instanceof FrameTooLarge) {
			return new ConversationFailure(`${providerName} sent a single event that is too large to be part of an answer`, {
				code: 'too_large',
				hint: `This is on the side of the provider. ${this.keptHint()}.`,
				technicalText: error.message,
			});
		}
		if (error instanceof AnswerTooLarge) {
			const millions = LARGEST_ANSWER / 1024 / 1024;
			return new ConversationFailure(`${providerName} wrote more than ${millions} million characters`, {
				code: 'too_large',
				hint: 'The agent probably repeats itself. What had arrived is kept as the partial answer.',
			});
		}
		return this.interrupted(interruptionOf(error) ?? brokenBy(error), { kind: 'unknown' });
	}

	private unsent({ failure: { message, details } }: NothingSent): ConversationFailure {
		const { hasArrived } = this.question;
		const later = hasArrived ? ` What had arrived is kept as the partial answer${this.collectLaterHint()}.` : '';
		return new ConversationFailure(message, { ...details, hint: `${details.hint}${later}${this.notRepeatedHint()}` });
	}

	private silent(ms: number, found?: LookUpResult): ConversationFailure {
		return new ConversationFailure(`${this.source.providerName} sent nothing for ${secondsOf(ms)} seconds`, {
			code: 'idle_timeout',
			hint: `Raise "Timeout: Idle" in the options of this node if its agents think for long${this.collectLaterHint(found)}.${this.notRepeatedHint()}`,
			...this.reasonOnTheWay(),
		});
	}

	private questionNotFound({ reason, why }: QuestionNotFound): ConversationFailure {
		const failure = this.explain(reason);
		if (why instanceof ReplyTooLarge) failure.details.hint += ` ${this.tooLargeToLookUp()}`;
		return failure;
	}

	private broken(error: ConnectionError): ConversationFailure {
		const failure = brokenConnection(this.source.providerName, error);
		failure.details.hint = this.notRepeatedHint().trim() || failure.details.hint;
		return failure;
	}

	/**
	 * A connection that gave no whole answer, and a look-up that did not either.
	 *
	 * @param end undefined where the answer was to be looked up only
	 */
	interrupted(end: Interruption | undefined, found: LookUpResult): ConversationFailure {
		const { providerName } = this.source;
		const why = 'why' in found ? found.why : undefined;
		if (why instanceof ConversationFailure) return why;
		if (why instanceof NothingSent) return this.unsent(why);
		if (end === undefined && found.kind === 'running') {
			return new ConversationFailure(`The answer of ${providerName} is not finished yet`, {
				code: 'not_finished',
				hint: 'Collect it later with the operation Collect and the IDs given here.',
			});
		}
		if (found.kind === 'ambiguous') {
			return new ConversationFailure(`${providerName} does not tell which answer belongs to this message`, {
				code: 'answer_ambiguous',
				hint: found.hint,
			});
		}
		if (end instanceof NothingSent) return this.unsent(end);
		if (end instanceof IdleTimeout) return this.silent(end.ms, found);
		if (end instanceof WebPageInstead) return webPage(providerName, { technicalText: end.beginning });
		const refused = why instanceof HttpError ? why.response : undefined;
		if (end instanceof HttpError && (refused || !this.source.lookUp)) return httpFailure(providerName, end.response);
		if (end === undefined && refused) return httpFailure(providerName, refused);
		if (end === undefined && why instanceof ReplyTooLarge) return replyTooLarge(providerName);
		if (found.kind === 'missing') {
			return new ConversationFailure(`${providerName} has no such message in this conversation`, {
				code: 'message_not_found',
				hint: 'Check the Conversation ID and the Message ID.',
				...this.reasonOnTheWay(),
			});
		}
		if (end instanceof EndedEarly && end.isEmpty && !this.source.lookUp) return this.empty(end.httpStatus);
		const technicalText = [
			end && describeInterruption(end),
			refused && `looking the answer up was refused: ${refused.status}`,
			why instanceof ReplyTooLarge && `looking the answer up brought ${why.message}`,
		];
		const refusal = refused && httpFailure(providerName, refused).details;
		let rest = this.laterHint(found);
		if (refusal) rest = ` The rest could not be looked up: ${providerName} refused that. ${refusal.hint}`;
		else if (why instanceof ReplyTooLarge) rest = ` ${this.tooLargeToLookUp()}`;
		return new ConversationFailure(`The connection to ${providerName} broke before the answer was whole`, {
			code: 'stream_broken',
			hint: `${this.keptHint()}.${rest}${this.notRepeatedHint()}`,
			...this.reasonOnTheWay(),
			...(refusal ? { providerText: refusal.providerText, traceId: refusal.traceId } : {}),
			technicalText: technicalText.filter(Boolean).join('; ') || undefined,
		});
	}

	private empty(httpStatus: number | undefined): ConversationFailure {
		return new ConversationFailure(`${this.source.providerName} sent an empty reply instead of an answer`, {
			code: 'empty_reply',
			hint:
				httpStatus === 202
					? 'It has taken the question in for later (202), and this node knows no way to fetch the answer.'
					: 'Nothing came behind the headers. Check the Base URL in the credential, and the agent itself.',
			httpStatus,
		});
	}

	/**
	 * Something arrived, but no known form of text was in it.
	 *
	 * @param found the result of looking up, where that was tried
	 */
	unknownForm(found?: LookUpResult): ConversationFailure {
		const { beginning } = this.reading;
		return new ConversationFailure(`${this.source.providerName} answered in a form that this node does not know`, {
			code: 'unknown_form',
			hint: `What came first is shown in the details. Please report it, so that the node can learn the form.${this.laterHint(found)}${this.notRepeatedHint()}`,
			technicalText: `it begins with ${beginning.slice(0, SHOWN_EVENT)}`,
		});
	}

	/**
	 * The provider says that the run is complete, but there is no text in it.
	 *
	 * @param finishReason the provider's word for an end that was not a natural one
	 */
	emptyAnswer(finishReason: string | undefined): ConversationFailure {
		return new ConversationFailure(`The agent of ${this.source.providerName} ended without an answer`, {
			code: 'empty_answer',
			hint: `${wordsFor(finishReason)}Ask again, perhaps in other words, or look at the agent on the provider's own page.`,
			...this.reasonOnTheWay(),
			...(finishReason === undefined ? {} : { technicalText: `the reason for the end: ${finishReason}` }),
		});
	}

	/** The provider says that the run did not work out. */
	agentFailed(error: ProviderError | undefined): ConversationFailure {
		const { providerName } = this.source;
		const hasWords = error !== undefined && error.text.trim() !== '';
		const said = hasWords ? error : { ...this.reading.soFar.error, ...withoutText(error) };
		if (said.equivalentStatus)
			return httpFailure(providerName, { status: said.equivalentStatus, error: { text: '', ...said } });
		const details = {
			hint: said.hint ?? 'What the provider said about it follows. What had arrived is kept as the partial answer.',
			providerText: said.text,
			traceId: said.traceId,
		};
		const reason = shortened(said.text ?? '', HEADLINE_REASON);
		if (reason === '') {
			return new ConversationFailure(`The agent of ${providerName} could not finish its answer`, {
				code: said.code ?? 'agent_failed',
				...details,
				hint: details.hint,
			});
		}
		return new ConversationFailure(`${providerName}'s agent stopped: ${reason}`, {
			code: said.code ?? 'agent_failed',
			...details,
			hint: details.hint,
		});
	}

	private keptHint(): string {
		return isBlank(this.reading.text)
			? 'Nothing of the answer had arrived'
			: 'What had arrived is kept as the partial answer';
	}

	private tooLargeToLookUp(): string {
		const most = LARGEST_TEXT / 1024 / 1024;
		return `It could not be looked up: the list of messages that ${this.source.providerName} sent is larger than ${most} MB.`;
	}

	/** For a failure that has no reason of its own. */
	private reasonOnTheWay(): { providerText?: string; traceId?: string } {
		const said = this.reading.soFar.error;
		return said ? { providerText: said.text, traceId: said.traceId } : {};
	}

	private stopHint(): string {
		const { mayBeSent, ids } = this.question;
		if (mayBeSent) return 'The question had not been asked.';
		if (!this.source.cancel) return 'The agent cannot be told to stop; it may still be running.';
		// Finding the answer in order to cancel it has only begun.
		if (ids.messageId === undefined) return 'The answer had no ID yet. Unless it can be found, the agent goes on.';
		return 'The agent was told to stop.';
	}

	/** @param found the result of looking up: what cannot be looked up cannot be collected either */
	private collectLaterHint(found?: LookUpResult): string {
		if (found?.kind === 'unavailable') return `. ${found.reason}`;
		return this.canCollect ? `, or collect ${ANSWER_LATER}` : '';
	}

	/** The same as a sentence of its own. */
	private laterHint(found?: LookUpResult): string {
		if (found?.kind === 'unavailable') return ` ${found.reason}.`;
		return this.canCollect ? ` Collect ${ANSWER_LATER}.` : '';
	}

	private get canCollect(): boolean {
		const { resume, lookUp } = this.source;
		return this.question.ids.messageId !== undefined && (resume ?? lookUp) !== undefined;
	}

	private notRepeatedHint(): string {
		if (this.question.mayBeSent || this.question.hasArrived) return '';
		return ' It is not known whether the question arrived, so it was not asked again: look into the conversation before you repeat it.';
	}
}

/** What the usual words of providers for an end mean. */
function wordsFor(finishReason: string | undefined): string {
	if (finishReason === undefined) return '';
	if (/length|max_?tokens/i.test(finishReason)) {
		return 'It had used up the length that it may write before the answer began. ';
	}
	if (/filter|safety|sensitive/i.test(finishReason)) return 'A content filter held the answer back. ';
	return `It stopped for the reason "${finishReason}". `;
}

function withoutText(error: ProviderError | undefined): Partial<ProviderError> {
	const members = Object.entries(error ?? {});
	return Object.fromEntries(members.filter(([name, value]) => name !== 'text' && value !== undefined));
}
