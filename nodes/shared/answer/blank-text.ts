/** Neither a blank nor a character without a picture of its own. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** What programs write in the place of a text that is missing. Models do not write it as a whole answer. */
const NO_TEXT = /^(?:null|undefined|\[object Object\])$/;

/** True for a text in which nothing is to be seen, and for what stands where one is missing. */
export function isBlank(text: string): boolean {
	return !VISIBLE.test(text) || NO_TEXT.test(text.trim());
}
