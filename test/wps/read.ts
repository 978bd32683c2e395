import { Answer } from '../../nodes/shared/answer/answer';
import type { TextChange } from '../../nodes/shared/answer/answer-text';
import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import type { Frame } from '../../nodes/shared/frames/frame';
import { WpsEvents } from '../../nodes/WpsAgent/wps-events';

const encoder = new TextEncoder();

/** The answer that a body tells, and how its text came about. */
export function read(body: string, pieceSize = Number.POSITIVE_INFINITY): { answer: Answer; changes: TextChange[] } {
	const bytes = encoder.encode(body);
	const frames = new BodyFrames();
	const decoder = new WpsEvents();
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true, keepEvents: true });
	const changes: TextChange[] = [];
	const takeIn = (frame: Frame) => {
		for (const event of decoder.decode(frame)) {
			const made = answer.apply(event);
			if (made !== 'repeated') changes.push(...made);
		}
	};
	for (let at = 0; at < bytes.length; at += pieceSize) {
		frames.push(bytes.subarray(at, at + pieceSize)).forEach(takeIn);
		if (pieceSize === Number.POSITIVE_INFINITY) break;
	}
	frames.end().frames.forEach(takeIn);
	return { answer, changes };
}

/** What somebody sees who is shown the text live, up to the first change of what was shown already. */
export function liveText(changes: TextChange[]): string {
	let text = '';
	for (const change of changes) {
		if (!change) continue;
		if ('begun' in change) text += `\n\n${change.begun}`;
		else if ('appended' in change) text += change.appended;
		else return text;
	}
	return text;
}
