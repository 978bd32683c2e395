import { endOfThought, THINKING_MARKS } from '../answer/thinking-marks';

/** Some chat templates write the opening mark into the question, so that only the end of the thinking is in the answer. */
const END_ONLY = /(?:^|\n)[^\S\n]*<\/think(?:ing)?>|<\/think(?:ing)?>[^\S\n]*(?:\n|$)/i;

/** Models that mark their thinking mark their answer, too: `<answer>…</answer>` around all of it. */
const ANSWER_TAG = /^\s*<(answer|final_answer|final|response)>[^\S\n]*\n?([^]*)<\/\1>\s*$/i;

/**
 * Separates an answer from the thinking before it: `<think>…</think>` at its beginning, also several times, also where
 * the opening mark is missing. Thinking that does not end stays in the text: it may be all that there is.
 */
export function withoutThinking(answer: string): { text: string; thinking: string | null } {
	const thoughts: string[] = [];
	let text = answer;
	for (;;) {
		const marks = THINKING_MARKS.find(({ open }) => open.test(text));
		const start = marks?.open.exec(text)?.[0].length ?? 0;
		const close = marks === undefined ? null : endOfThought(text.slice(start), marks);
		if (close === null) break;
		thoughts.push(text.slice(start, start + close.start).trim());
		text = text.slice(start + close.end);
	}
	const isOpen = THINKING_MARKS.some(({ open }) => open.test(text));
	const endOnly = thoughts.length === 0 && !isOpen ? END_ONLY.exec(text) : null;
	if (
		endOnly !== null &&
		!/<think/i.test(text.slice(0, endOnly.index)) &&
		text.length > endOnly.index + endOnly[0].length
	) {
		thoughts.push(text.slice(0, endOnly.index).trim());
		text = text.slice(endOnly.index + endOnly[0].length);
	}
	const marked = ANSWER_TAG.exec(text)?.[2];
	if (thoughts.length === 0) return { text: marked ?? answer, thinking: null };
	return {
		text: (marked ?? text).replace(/^\s*\n/, ''),
		thinking: thoughts.filter((thought) => thought !== '').join('\n\n') || null,
	};
}
