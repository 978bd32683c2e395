import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';

/** Members in which servers say what went wrong, the most telling first; compared in small letters. */
const MEMBERS =
	'message msg detail error_description description errmsg err_msg error_msg errormessage error_message errortext reason defaultmessage faultstring error errors details fault title desc exception error_info error_information last_error lasterror'.split(
		' ',
	);

/** Members that say more, where the others say it in general. */
const MORE_MEMBERS = ['errors', 'error', 'details', 'detail'];

/** What every server of its kind says, whatever went wrong. */
const GENERAL =
	/^(?:(?:http )?[45]\d\d )?(?:bad request|unauthorized|forbidden|not found|(?:internal )?server error|unprocessable (?:entity|content)|conflict|payment required|too many requests|service unavailable|bad gateway|errors?|fail(?:ed|ure)?|validation (?:failed|error)|invalid (?:request|input)|the given data was invalid)[.:!]?$/i;

const DEEPEST = 4;
/** Characters of a reason: more is not read in an error. */
const MOST_WORDS = 1_000;
const SHOWN_TEXT = 200;

/**
 * What the body of an error says in words, in whatever form servers say it: a text, a list of texts or of findings, an
 * object with any of the usual members, also inside each other. Undefined when there are no words in it.
 */
export function errorWords(body: JsonValue | undefined): string | undefined {
	return wordsOf(body, 0)?.slice(0, MOST_WORDS);
}

/** {@link errorWords}, else the words of a page or of any other text, shortened; empty when there are none. */
export function errorText(body: JsonValue | undefined, text: string): string {
	return errorWords(body) ?? (wordsOfPage(text) ?? text.trim()).slice(0, SHOWN_TEXT);
}

function wordsOf(value: JsonValue | undefined, depth: number): string | undefined {
	if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
	if (depth > DEEPEST || typeof value !== 'object' || value === null) return undefined;
	if (Array.isArray(value)) return joined(value.map((each) => findingOf(each, depth + 1)));
	const members = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
	const said = MEMBERS.map((name) => wordsOf(members.get(name), depth + 1)).filter((words) => words !== undefined);
	const main = said.find((words) => !GENERAL.test(words)) ?? said[0];
	const more = MORE_MEMBERS.map((name) => members.get(name)).filter((member) => typeof member === 'object');
	const all = joined([main, ...more.map((member) => wordsOf(member, depth + 1))]);
	// `{"text": ["too long"]}`: by the name of the field that is wrong.
	return all ?? (depth === 0 ? undefined : byField(value, depth));
}

/** One finding of a list, with the place that it speaks of (FastAPI's `loc`). */
function findingOf(finding: JsonValue, depth: number): string | undefined {
	const words = wordsOf(finding, depth);
	if (words === undefined || !isJsonObject(finding) || !Array.isArray(finding.loc)) return words;
	const place = finding.loc.filter((part) => part !== 'body').join('.');
	return place === '' ? words : `${place}: ${words}`;
}

function byField(value: JsonObject, depth: number): string | undefined {
	return joined(
		Object.entries(value).map(([name, member]) => {
			const words = typeof member === 'object' || depth < 3 ? wordsOf(member, depth + 1) : undefined;
			return words === undefined || TECHNICAL.test(name) ? undefined : `${name}: ${words}`;
		}),
	);
}

/** Members that are no words: a code, a kind, an id. */
const TECHNICAL = /^(?:.*code|type|kind|status|.*id|instance|path|timestamp|trace|stack)$/i;

function joined(parts: ReadonlyArray<string | undefined>): string | undefined {
	const words = [...new Set(parts.filter((part) => part !== undefined))];
	// `text: too long` says what `too long` says.
	const said = words.filter((part) => !words.some((other) => other !== part && repeats(other, part)));
	return said.length === 0 ? undefined : said.join('; ');
}

const repeats = (words: string, part: string): boolean =>
	words.endsWith(`: ${part}`) || words.split('; ').includes(part);

/** What a web page says, without its tags: its title, else its first words. */
function wordsOfPage(text: string): string | undefined {
	if (!/^\s*<(?:!doctype|html|head|body|\?xml)\b/i.test(text)) return undefined;
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1] ?? '';
	const words = title.trim() || text.replace(/<(style|script)\b[^]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
	return words.replace(/\s+/g, ' ').trim() || undefined;
}
