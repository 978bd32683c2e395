import type { QuestionStatus } from '../failures/conversation-failure';
import type { AnswerIds } from './answer-source';

/** A question that may have reached the provider was about to be asked again: a fault of this package, never of a user. */
export class AskedTwice extends Error {
	constructor() {
		super('The question may have been asked already');
	}
}

/**
 * What becomes of one question. The only place that decides whether it may be asked, and the only source of `status` in
 * errors. All tries of a node share it, so that each respects what another has done.
 */
export class Question {
	/** `uncertain`: its first byte may have been sent, and nothing came back to prove it. */
	private state: 'unsent' | 'uncertain' | 'arrived' = 'unsent';
	private end: 'failed' | 'cancelled' | undefined;
	private isDisowned = false;
	private cancelling: Promise<boolean> | undefined;
	/** The provider named the message itself, so that it exists. */
	private isNamed = false;

	readonly ids: AnswerIds;

	/** @param ids of its conversation, if known beforehand */
	constructor(ids: AnswerIds = {}) {
		this.ids = { ...ids };
	}

	/** A question that was asked elsewhere, whose answer is to be collected. */
	static askedBefore(ids: AnswerIds): Question {
		const question = new Question(ids);
		question.state = 'arrived';
		return question;
	}

	get mayBeSent(): boolean {
		return this.state === 'unsent';
	}

	get hasArrived(): boolean {
		return this.state === 'arrived';
	}

	/** The agent has ended without a whole answer; asking the provider again brings nothing else. */
	get hasFailed(): boolean {
		return this.end !== undefined;
	}

	/** The provider has named the message, so it exists, whatever a list that lags behind says. */
	get wasNamed(): boolean {
		return this.isNamed;
	}

	/**
	 * To be called before its first byte is sent.
	 *
	 * @throws AskedTwice when it may have been sent already
	 */
	sending(): void {
		if (!this.mayBeSent) throw new AskedTwice();
		this.state = 'uncertain';
	}

	/** The provider certainly did not accept it. */
	notAccepted(): void {
		this.state = 'unsent';
		delete this.ids.messageId;
		this.isNamed = false;
	}

	/** The provider has it. */
	arrived(ids?: AnswerIds): void {
		this.state = 'arrived';
		this.learn(ids);
	}

	/** A reply began and broke off without a name to read on by: it has to be found before anything is certain. */
	doubted(): void {
		this.state = 'uncertain';
	}

	/** The provider has named ids; those that it leaves out stay as they are. */
	learn(ids: AnswerIds | undefined): void {
		if (ids?.messageId !== undefined) this.isNamed = true;
		for (const [name, id] of Object.entries(ids ?? {}) as Array<[keyof AnswerIds, string | undefined]>) {
			if (id !== undefined) this.ids[name] = id;
		}
	}

	/** The events of the answer name ids: what a header or the user has named before stays as it is. */
	learnFromEvents({ conversationId, messageId }: AnswerIds): void {
		// Called for every event, of which all but the first name nothing new.
		const isNews = !this.isNamed && (messageId ?? this.ids.messageId) !== undefined;
		if (!isNews && (conversationId === undefined || this.ids.conversationId !== undefined)) return;
		this.learn({
			conversationId: this.ids.conversationId ?? conversationId,
			messageId: this.ids.messageId ?? messageId,
		});
	}

	/** The agent has ended without a whole answer. */
	ended(how: 'failed' | 'cancelled'): void {
		if (!this.mayBeSent) this.end ??= how;
	}

	/**
	 * Runs the cancelling of it, at most once for all tries.
	 *
	 * @returns whether the provider was told
	 */
	async cancelOnce(cancel: () => Promise<boolean>): Promise<boolean> {
		return await (this.cancelling ??= cancel());
	}

	/** The provider does not know the message that the user named. */
	disowned(): void {
		this.isDisowned = true;
	}

	/** Its status, for error items: what to do after a failure depends on it. */
	get status(): QuestionStatus {
		if (this.end) return this.end;
		if (this.state === 'unsent') return 'notSent';
		return this.state === 'uncertain' || this.isDisowned ? 'unknown' : 'running';
	}
}
