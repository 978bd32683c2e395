/** What reasoning models put before their answer, in the names that are in use. */
const OPENING = /^\s*<(think|thinking|thought|reasoning)(?:\s[^<>]*)?>/i;

/** Some chat templates write the opening mark into the question, so that only the end of the thinking is in the answer. */
const END_ONLY = /<\/think(?:ing)?>[^\S\n]*(?:\n|$)/i;

/**
 * Separates an answer from the thinking before it: `<think>…</think>` at its beginning, also several times, also where
 * the opening mark is missing. Thinking that does not end stays in the text: it may be all that there is.
 */
export function withoutThinking(answer: string): { text: string; thinking: string | null } {
	const thoughts: string[] = [];
	let text = answer;
	for (let opening = OPENING.exec(text); opening !== null; opening = OPENING.exec(text)) {
		const end = `</${opening[1]!.toLowerCase()}>`;
		const at = text.toLowerCase().indexOf(end, opening[0].length);
		if (at === -1) break;
		thoughts.push(text.slice(opening[0].length, at).trim());
		text = text.slice(at + end.length);
	}
	const endOnly = thoughts.length === 0 && !OPENING.test(text) ? END_ONLY.exec(text) : null;
	if (
		endOnly !== null &&
		!/<think/i.test(text.slice(0, endOnly.index)) &&
		text.length > endOnly.index + endOnly[0].length
	) {
		thoughts.push(text.slice(0, endOnly.index).trim());
		text = text.slice(endOnly.index + endOnly[0].length);
	}
	if (thoughts.length === 0) return { text: answer, thinking: null };
	return {
		text: text.replace(/^\s*\n/, ''),
		thinking: thoughts.filter((thought) => thought !== '').join('\n\n') || null,
	};
}
