export type BodyKind = 'json' | 'events' | 'plain';

/** A field of a server-sent event. */
const FIELD = /^[ \t]*(?:data|event|id|retry)[ \t]*:/;
const FIELD_ALONE = /^[ \t]*(?:data|event|id|retry)[ \t]*$/;
/** What may turn out to be a field when more arrives. */
const UNFINISHED_FIELD = /^[ \t]*(?:d(?:at?)?|e(?:v(?:en?)?)?|i|r(?:e(?:tr?)?)?)$/;
/** `0:"text"`: a protocol with a code in front of each line. Its lines are not text. */
const CODED_LINE = /^[ \t]*[0-9a-z]{1,2}:["{[]/;
/** Lines searched for the first field: a greeting may precede it. */
const LINES_TO_LOOK_AT = 3;

/** The beginning of a list that can only be JSON. */
const JSON_LIST = /^\[\s*["'{[\]-]/;
/** The first line of a list of numbers and words, or an end marker. */
const LIST_LINE = /^\[\s*(?:$|\d|(?:true|false|null|NaN|Infinity|None|True|False|DONE)\b)/;
/** `[1] Text`: a citation, a note. */
const BRACKETED_NUMBER = /^\[[ \t]*\d+[ \t]*\][ \t]*[^\s[{]/;

/**
 * What a body is, by its beginning; undefined while that is undecided. More of the body never changes the decision.
 *
 * @param beginning without the blank lines and comments that mean nothing
 * @param isAll the body has ended
 */
export function bodyKind(beginning: string, isAll: boolean): BodyKind | undefined {
	if (beginning.startsWith('{') || JSON_LIST.test(beginning)) return 'json';
	const lines = beginning.split(/\r\n|\r|\n/);
	const whole = isAll ? lines : lines.slice(0, -1);
	if (beginning.startsWith('[')) {
		const [first] = whole;
		if (first === undefined) return undefined;
		return LIST_LINE.test(first) && !BRACKETED_NUMBER.test(first) ? 'json' : 'plain';
	}
	if (CODED_LINE.test(beginning)) return 'events';
	const telling = lines.filter(isTelling).slice(0, LINES_TO_LOOK_AT);
	const wholeTelling = whole.filter(isTelling).slice(0, LINES_TO_LOOK_AT);
	if (telling.some((line) => FIELD.test(line)) || wholeTelling.some((line) => FIELD_ALONE.test(line))) return 'events';
	if (isAll) return telling.some((line) => UNFINISHED_FIELD.test(line)) ? 'events' : 'plain';
	return wholeTelling.length === LINES_TO_LOOK_AT ? 'plain' : undefined;
}

/** Neither blank nor a comment. */
const isTelling = (line: string): boolean => !/^[ \t]*(?::|$)/.test(line);
