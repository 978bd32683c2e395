import type { ProviderComplaint } from '../answer/answer-change';
import { FrameTooLarge } from '../frames/frame';
import type { AnswerSource, LookedUp } from './answer-source';
import { brokenConnection } from './broken-connection';
import { ConversationFailure } from './conversation-failure';
import {
	brokenBy,
	describeInterruption,
	type Interruption,
	interruptionOf,
	OutOfTime,
	Silence,
	Stopped,
} from './interruption';
import type { Question } from './question';
import { refusalFailure, RequestRefused } from './refusal';
import { NothingSent, TransportFailure } from './transport';

/** To one decimal, as people write it. */
const secondsOf = (ms: number) => Math.round(ms / 100) / 10;

/** Tells in the user's terms why there is no answer, and what to do about it (contract: failure). */
export class FailureWording {
	/** @param question whose fate decides what can be done about it */
	constructor(
		private readonly source: AnswerSource,
		private readonly limits: { idleTimeoutMs: number; maxDurationMs: number },
		private readonly question: Question,
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
		if (error instanceof OutOfTime) {
			const seconds = secondsOf(this.limits.maxDurationMs);
			return new ConversationFailure(`The answer of ${providerName} was not finished within ${seconds} seconds`, {
				code: 'max_duration',
				hint: `Raise Max Duration in the options of this node${this.collectLaterHint()}.${this.notRepeatedHint()}`,
			});
		}
		if (error instanceof Silence) return this.silent();
		if (error instanceof RequestRefused) {
			const failure = refusalFailure(providerName, error.refusal);
			failure.details.hint += this.notRepeatedHint();
			return failure;
		}
		if (error instanceof NothingSent) return this.unsent(error);
		if (error instanceof TransportFailure) return this.broken(error);
		if (error instanceof FrameTooLarge) {
			return new ConversationFailure(`${providerName} sent a single event that is too large to be part of an answer`, {
				code: 'too_large',
				hint: 'This is on the side of the provider. What had arrived is kept as the partial answer.',
				technicalText: error.message,
			});
		}
		return this.interrupted(interruptionOf(error) ?? brokenBy(error));
	}

	private unsent({ failure }: NothingSent): ConversationFailure {
		failure.details.hint += this.notRepeatedHint();
		return failure;
	}

	private silent(last?: LookedUp): ConversationFailure {
		const seconds = secondsOf(this.limits.idleTimeoutMs);
		return new ConversationFailure(`${this.source.providerName} sent nothing for ${seconds} seconds`, {
			code: 'idle_timeout',
			hint: `Raise Idle Timeout in the options of this node if its agents think for long${this.collectLaterHint(last)}.${this.notRepeatedHint()}`,
		});
	}

	private broken(error: TransportFailure): ConversationFailure {
		const failure = brokenConnection(this.source.providerName, error);
		failure.details.hint = this.notRepeatedHint().trim() || failure.details.hint;
		return failure;
	}

	/**
	 * A connection that gave no whole answer.
	 *
	 * @param complaint what the look-up threw
	 * @param last what the look-up found
	 */
	interrupted(interruption: Interruption | undefined, complaint?: unknown, last?: LookedUp): ConversationFailure {
		const { providerName } = this.source;
		if (complaint instanceof ConversationFailure) return complaint;
		if (complaint instanceof NothingSent) return this.unsent(complaint);
		if (interruption?.kind === 'unsent' && complaint === undefined && !this.source.lookUp)
			return this.unsent(interruption.cause);
		if (interruption === undefined && last?.state === 'running') {
			return new ConversationFailure(`The answer of ${providerName} is not finished yet`, {
				code: 'not_finished',
				hint: 'Collect it later with the operation Collect and the IDs given here.',
			});
		}
		if (last?.state === 'ambiguous') {
			return new ConversationFailure(`${providerName} does not tell which answer belongs to this message`, {
				code: 'answer_ambiguous',
				hint: last.hint,
				status: 'unknown',
			});
		}
		if (interruption?.kind === 'silent') return this.silent(last);
		if (interruption?.kind === 'webPage') {
			return new ConversationFailure(`${providerName} sent a web page instead of an answer`, {
				code: 'web_page',
				hint: 'Check the Base URL in the credential. A login page or a notice of a proxy looks like this, too.',
				technicalText: interruption.beginning,
			});
		}
		const refused = complaint instanceof RequestRefused ? complaint.refusal : undefined;
		if (interruption?.kind === 'refused' && (refused || !this.source.lookUp)) {
			return refusalFailure(providerName, interruption.refusal);
		}
		if (interruption === undefined && refused) return refusalFailure(providerName, refused);
		if (last?.state === 'missing') {
			return new ConversationFailure(`${providerName} has no such message in this conversation`, {
				code: 'message_not_found',
				hint: 'Check the Conversation ID and the Message ID.',
			});
		}
		return new ConversationFailure(`The connection to ${providerName} broke before the answer was whole`, {
			code: 'stream_broken',
			hint: `What had arrived is kept as the partial answer${this.collectLaterHint(last)}.`,
			technicalText: interruption && describeInterruption(interruption),
		});
	}

	/** The provider says that the run did not work out. */
	agentFailed(complaint: ProviderComplaint | undefined): ConversationFailure {
		const { providerName } = this.source;
		if (complaint?.like) return refusalFailure(providerName, { status: complaint.like, complaint });
		return new ConversationFailure(`The agent of ${providerName} could not finish its answer`, {
			code: complaint?.code ?? 'agent_failed',
			hint:
				complaint?.hint ?? 'What the provider said about it follows. What had arrived is kept as the partial answer.',
			providerText: complaint?.text,
			traceId: complaint?.traceId,
		});
	}

	private stopHint(): string {
		const { mayBeSent, ids } = this.question;
		if (mayBeSent) return 'The question had not been asked.';
		if (!this.source.cancel) return 'The agent cannot be told to stop; it may still be running.';
		// Finding the answer in order to cancel it has only begun.
		if (ids.messageId === undefined) return 'The answer had no ID yet. Unless it can be found, the agent goes on.';
		return 'The agent was told to stop.';
	}

	/** @param last what looking up has come to: what cannot be looked up cannot be collected either */
	private collectLaterHint(last?: LookedUp): string {
		if (last?.state === 'unavailable') return `. ${last.reason}`;
		const canCollect = this.question.ids.messageId !== undefined && (this.source.resume ?? this.source.lookUp);
		return canCollect ? ', or collect the answer later with the operation Collect and the IDs given here' : '';
	}

	private notRepeatedHint(): string {
		if (this.question.mayBeSent || this.question.hasArrived) return '';
		return ' It is not known whether the question arrived, so it was not asked again: look into the conversation before you repeat it.';
	}
}
