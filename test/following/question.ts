import type { AnswerIds } from '../../nodes/shared/following/answer-source';
import { Question } from '../../nodes/shared/following/question';

/** How far an earlier try of the node came with its question. */
export interface Beforehand {
	ids?: AnswerIds;
	asked?: 'no' | 'maybe' | 'yes';
}

/** A question in the state in which an earlier try has left it. */
export function questionAfter<T extends Question = Question>(
	{ ids = {}, asked = 'no' }: Beforehand,
	make: (ids: AnswerIds) => T = (known) => new Question(known) as T,
): T {
	const question = make(ids);
	if (asked !== 'no') question.sending();
	if (asked === 'yes') question.arrived();
	return question;
}

/** Says what it is told. */
export class ToldQuestion extends Question {
	told: string[] = [];

	override sending(): void {
		super.sending();
		this.told.push('asking');
	}

	override notAccepted(): void {
		super.notAccepted();
		this.told.push('not asked');
	}

	override learn(ids: AnswerIds | undefined): void {
		const before = this.names;
		super.learn(ids);
		if (this.names !== before) this.told.push(`ids ${this.names}`);
	}

	private get names(): string {
		return `${this.ids.conversationId}/${this.ids.messageId}`;
	}
}
