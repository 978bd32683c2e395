import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { Answer } from '../../nodes/shared/answer/answer';

/** The answer that these events make, through the real decoder. A string is a frame as it came. */
export function answerOf(events: Array<object | string>): Answer {
	const decoder = new ReportifyEvents();
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true, keepEvents: true });
	for (const each of events) {
		const data = typeof each === 'string' ? each : JSON.stringify(each);
		for (const event of decoder.decode({ data })) answer.apply(event);
	}
	return answer;
}

export const streaming = (content: string, members: object = {}) => ({ event_type: 'streaming', content, ...members });
export const start = (run_id?: string) => ({ event_type: 'workflow_start', run_id });
export const end = (run_id?: string, output?: unknown) => ({ event_type: 'workflow_end', run_id, output });
