/** What Python writes for values that JSON has no word for, or has another word for. */
const WORDS: Readonly<Record<string, string>> = {
	NaN: 'null',
	nan: 'null',
	Infinity: 'null',
	inf: 'null',
	None: 'null',
	undefined: 'null',
	True: 'true',
	False: 'false',
	null: 'null',
	true: 'true',
	false: 'false',
};

/** A string in either kind of quotes, to its end or to that of the text, or a word. */
const TOKEN = /(["'])((?:(?!\1)[^\\]|\\[\s\S]?)*)(\1|$)|(?:[-+](?=[A-Za-z]))?[A-Za-z_]\w*/g;

const ESCAPE = /\\(x[\da-fA-F]{2}|U[\da-fA-F]{8}|[\s\S]?)|["\p{Cc}]/gu;

/** Part of a number: the `e` of `1e5`. */
const isInNumber = (text: string, at: number): boolean => /[\d.]/.test(text[at - 1] ?? '');

/**
 * JSON text of what Python programs write in its place: `NaN` and `Infinity` as `json.dumps` does, quotes, `None` and
 * `True` as `str` does, control characters inside strings. Undefined for anything else: what was cut off stays cut off.
 */
export function jsonOfPython(text: string): string | undefined {
	if (!/^\s*[{[]/.test(text)) return undefined;
	let isWhole = true;
	const json = text.replace(TOKEN, (token: string, quote?: string, inside?: string, close?: string, at?: number) => {
		if (quote !== undefined) {
			isWhole &&= close === quote;
			return `"${(inside as string).replace(ESCAPE, escaped)}"`;
		}
		if (isInNumber(text, at as number)) return token;
		const word = WORDS[token.replace(/^[-+]/, '')];
		isWhole &&= word !== undefined;
		return word ?? token;
	});
	return isWhole ? json : undefined;
}

/** An escape of Python, or a character that has to be escaped, as JSON writes it. */
function escaped(found: string, escape: string | undefined): string {
	if (escape === undefined) return JSON.stringify(found).slice(1, -1);
	if (/^["\\/bfnrtu]/.test(escape)) return found; // JSON's own
	const code = /^[xU]./.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.NaN;
	const character = code <= 0x10ffff ? String.fromCodePoint(code) : escape;
	return JSON.stringify(character).slice(1, -1);
}
