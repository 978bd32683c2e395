/** Blanks, and characters without a picture of their own. */
const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** What programs write in the place of a text that is missing. Models do not write it as a whole answer. */
const NO_TEXT = /^(?:null|undefined|\[object Object\])$/;

/** True for a text in which nothing is to be seen, and for what stands where one is missing. */
export function isBlank(text: string): boolean {
	// Answers are long, and nearly all begin with something to be seen.
	if (/^[\p{L}\p{N}#*|<[({-]/u.test(text) && text.length > 20) return false;
	const visible = text.replace(INVISIBLE, '');
	return visible === '' || NO_TEXT.test(text.trim());
}
