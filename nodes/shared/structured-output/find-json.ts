import { withoutThinking } from '../answer-formats/thinking';
import { exactJson, tolerantJson, type ExactJson } from './exact-json';

/** The JSON in an answer. */
export interface FoundJson {
	/** The values that may be meant, each once; where there are several, nothing says which. */
	candidates: ExactJson[];
	/** There is something that begins like JSON and cannot be read, or is cut off: a part of it may be all that is left. */
	isBroken: boolean;
}

/** How often a bracket may be tried that never closes; each time all the rest is read. */
const MOST_OPEN_BRACKETS = 50;

/**
 * Looks for the JSON in an answer: the whole answer, else the fenced blocks, else what is among the words. Never
 * takes a part for the whole: nothing is looked for inside what cannot be read, or is quoted.
 */
export function findJson(answer: string): FoundJson {
	const text = withoutThinking(answer).text.trim();
	const whole = exactJson(text) ?? wholeWithComments(text);
	if (whole !== null) return { candidates: [whole], isBroken: false };
	const { fences, others } = fencesIn(text);
	const marked = fences.filter(({ language }) => /^json(?:c|5)?$/i.test(language));
	if (marked.length > 0)
		return valuesOf(
			marked.map(({ content }) => content),
			true,
		);
	const unmarked = valuesOf(
		fences.filter(({ language }) => language === '').map(({ content }) => content),
		false,
	);
	return unmarked.candidates.length > 0 ? unmarked : valuesAmongWords(others);
}

/** Behind a single word, or a mark like `{}`, what looks like a comment may be the answer. */
function wholeWithComments(text: string): ExactJson | null {
	const json = /^[[{/]/.test(text) ? tolerantJson(text) : null;
	return json === null || typeof json.value !== 'object' || isMark(JSON.stringify(json.value)) ? null : json;
}

function valuesOf(contents: readonly string[], allMustBeJson: boolean): FoundJson {
	const read = contents.map(tolerantJson);
	return {
		candidates: distinct(read.filter((value) => value !== null)),
		isBroken: allMustBeJson && read.includes(null),
	};
}

interface Fence {
	language: string;
	content: string;
}

/** The fenced blocks of a text, and what is not in them. A block without an end goes to the end of the text. */
function fencesIn(text: string): { fences: Fence[]; others: string } {
	const fences: Fence[] = [];
	const others: string[] = [];
	let open: { mark: string; language: string; lines: string[] } | null = null;
	for (const line of text.split('\n')) {
		const [, mark, language = '', more = ''] =
			/^[ \t>]*(?:[-*+] |\d+[.)] )?[ \t]*(`{3,}|~{3,})[ \t]*([^\s`]*)([^`]*)$/.exec(line) ?? [];
		if (open !== null && mark?.startsWith(open.mark) === true && language === '' && more.trim() === '') {
			fences.push({ language: open.language, content: open.lines.join('\n') });
			open = null;
			others.push('');
		} else if (open !== null) open.lines.push(line);
		else if (mark !== undefined) open = { mark, language, lines: [] };
		else others.push(line);
	}
	if (open !== null) fences.push({ language: open.language, content: open.lines.join('\n') });
	return { fences, others: others.join('\n') };
}

/** The objects and lists among the words of a text. Numbers and single words are never taken for a value. */
function valuesAmongWords(text: string): FoundJson {
	const candidates: ExactJson[] = [];
	let isQuoted = false;
	let openBrackets = 0;
	for (let position = 0; position < text.length; position++) {
		const character = text[position];
		if (character === '"') isQuoted = !isQuoted;
		if (character !== '{' && character !== '[') continue;
		const end = endOfBrackets(text, position);
		if (end === null) {
			openBrackets += 1;
			if (beginsJson(text, position) || openBrackets > MOST_OPEN_BRACKETS) return { candidates: [], isBroken: true };
			continue;
		}
		const written = text.slice(position, end);
		const value = tolerantJson(written);
		if (value === null ? beginsJson(text, position) : isQuoted && !isMark(written))
			return { candidates: [], isBroken: true };
		if (value !== null && !isMark(written)) candidates.push(value);
		position = end - 1;
	}
	return { candidates: distinct(candidates), isBroken: false };
}

/** `[1]`, `[2, 3]`, `[ ]`: what names a source in a sentence, or stands for something to fill in. */
function isMark(written: string): boolean {
	return /^(?:\[\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*\]|\[\s*\]|\{\s*\})$/.test(written);
}

/** Where what a bracket opens ends, texts and comments in it left alone; null when it does not. */
function endOfBrackets(text: string, start: number): number | null {
	const token = /["{}[\]]|\/\/|\/\*/g;
	const open: string[] = [];
	token.lastIndex = start;
	for (let found = token.exec(text); found !== null; found = token.exec(text)) {
		const [mark] = found;
		if (mark === '"') token.lastIndex = endOfText(text, found.index);
		else if (mark === '//') token.lastIndex = endOfComment(text, found.index);
		else if (mark === '/*') token.lastIndex = endAfter(text, '*/', found.index + 2);
		else if (mark === '{' || mark === '[') open.push(mark === '{' ? '}' : ']');
		else if (open.pop() !== mark) return null;
		if (open.length === 0) return found.index + 1;
	}
	return null;
}

function endOfText(text: string, quote: number): number {
	for (let position = quote + 1; position < text.length; position++) {
		if (text[position] === '\\') position += 1;
		else if (text[position] === '"') return position + 1;
	}
	return text.length;
}

/** An address is no comment. */
function endOfComment(text: string, slashes: number): number {
	return text[slashes - 1] === ':' ? slashes + 2 : endAfter(text, '\n', slashes);
}

function endAfter(text: string, mark: string, from: number): number {
	const end = text.indexOf(mark, from);
	return end === -1 ? text.length : end + mark.length;
}

/** Whether what follows a bracket is what JSON, or something that was meant to be it, begins with. */
function beginsJson(text: string, bracket: number): boolean {
	const behind = text.slice(bracket + 1, bracket + 200).replace(/^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
	if (text[bracket] === '{') return /^(?:["'}]|[\p{L}_$][\p{L}\p{N}_$-]*\s*:|$)/u.test(behind);
	return /^(?:["'{[\]]|(?:true|false|null)\b|$)|^-?\d[\d.eE+-]*\s*,/.test(behind);
}

function distinct(values: readonly ExactJson[]): ExactJson[] {
	const seen = new Set<string>();
	return values.filter(({ value }) => {
		const written = JSON.stringify(value);
		return !seen.has(written) && seen.add(written);
	});
}
