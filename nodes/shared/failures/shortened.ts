/** Characters that keys and tokens are made of. */
const WORD_END = /[\w.+/=~-]*$/;

/**
 * The beginning of a text, as one line. It is never cut within a word: the rest of a key that was cut could not be
 * recognised any more and blacked out.
 *
 * @param most characters
 */
export function shortened(text: string, most: number): string {
	const line = text.trim().replace(/\s+/g, ' ');
	if (line.length <= most) return line;
	const isBetweenWords = /^[^\w.+/=~-]/.test(line.slice(most));
	const beginning = isBetweenWords ? line.slice(0, most) : line.slice(0, most).replace(WORD_END, '');
	const whole = beginning.replace(/[\uD800-\uDBFF]$/, '').trimEnd();
	return whole === '' ? '' : `${whole}…`;
}
