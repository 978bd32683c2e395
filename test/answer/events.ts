import { Answer, type AnswerOptions } from '../../nodes/shared/answer/answer';
import {
	type AnswerChange,
	noChanges,
	type ProviderEvent,
	unreadableEvent,
} from '../../nodes/shared/answer/answer-change';

export interface Position {
	id?: string;
	offset?: number;
}

/** An event with these effects. */
export const event = (position: Position, ...changes: AnswerChange[]): ProviderEvent => ({
	...position,
	raw: { ...position, changes: JSON.stringify(changes) },
	changes: changes.length === 0 ? noChanges : () => changes,
});

export const text = (position: Position, piece: string, block = ''): ProviderEvent =>
	event(position, { kind: 'text', block, text: piece });
export const ended = (position: Position, whole?: string): ProviderEvent =>
	event(position, { kind: 'ended', status: 'completed', text: whole });
export const cancelled = (position: Position): ProviderEvent => event(position, { kind: 'ended', status: 'cancelled' });
export const failed = (position: Position, complaint: string): ProviderEvent =>
	event(position, { kind: 'failed', complaint: { text: complaint } });
export const unreadable = (): ProviderEvent => unreadableEvent('{"te');

/** An answer that has taken these events in. */
export function answerOf(events: ProviderEvent[], options: Partial<AnswerOptions> = {}): Answer {
	const answer = new Answer({ composition: 'everything', keepSteps: true, keepEvents: true, ...options });
	for (const each of events) answer.apply(each);
	return answer;
}
