import type { AnswerResult } from '../shared/answer/answer-change';
import { badEndIn } from '../shared/answer/error-member';
import { type FinishReason, finishReasonIn } from '../shared/answer/finish-reason';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';

/** A text that the run states as what it, a node or an agent has produced, with what it is called. */
export interface StatedText extends Omit<AnswerResult, 'summary'> {
	/** Why it ends, where that is told. */
	finish?: FinishReason;
}

/** Other names under which a text is accepted; `content` is the documented one. */
const OTHER_NAMES = ['text', 'answer', 'result'];

/**
 * The text in the `output` of a node or an agent (`docs/apis/reportify.md §3d-2`). Undefined where it has none.
 *
 * @param names of the member that holds the text, where it is not `content`
 */
export function statedText(output: JsonValue | undefined, names: string[] = OTHER_NAMES): StatedText | undefined {
	if (typeof output === 'string') return output.trim() === '' ? undefined : { text: output };
	if (!isJsonObject(output)) return undefined;
	const text = textMember(output, 'content', ...names) ?? dataIn(output.content);
	if (text === undefined || text.trim() === '') return undefined;
	return {
		text,
		title: textMember(output, 'title')?.trim() || undefined,
		fileName: textMember(output, 'filename', 'file_name', 'fileName') ?? baseName(textMember(output, 'filepath')),
		fileType: textMember(output, 'filetype', 'file_type', 'fileType'),
		finish: finishReasonIn(output),
	};
}

/** A result that is data and not text, as its JSON. */
function dataIn(content: JsonValue | undefined): string | undefined {
	if (typeof content === 'number' || typeof content === 'boolean') return String(content);
	const isData = typeof content === 'object' && content !== null && Object.keys(content).length > 0;
	return isData ? JSON.stringify(content) : undefined;
}

const baseName = (path: string | undefined) => path?.split(/[/\\]/).at(-1) || undefined;

/**
 * The results that `workflow_end.output` states: the entries of a dictionary whose keys are node ids
 * (`docs/apis/reportify.md §3d-2`). Tolerated, because a simple agent's output is not published: one text, plain or as
 * a member.
 *
 * @param nodes ids of the nodes that have run, in the order in which they ended: the text of one may stand there plainly
 */
export function statedResults(output: JsonValue | undefined, nodes: string[]): StatedText[] {
	if (Array.isArray(output)) return output.flatMap((each) => statedText(each) ?? []);
	const dictionary = dictionaryIn(output);
	if (dictionary !== undefined) return statedResults(dictionary, nodes);
	const plain = isJsonObject(output) && typeof output.content !== 'string' ? undefined : statedText(output);
	if (plain) return [plain];
	if (!isJsonObject(output)) return [];
	const inOrder = entriesOf(output, nodes);
	const entries = inOrder.flatMap(([, entry]) => (isJsonObject(entry) ? (statedText(entry, []) ?? []) : []));
	if (entries.length > 0) return entries;
	const named = OTHER_NAMES.some((name) => typeof output[name] === 'string') ? statedText(output) : undefined;
	if (named) return [named];
	return inOrder.flatMap(
		([key, entry]) => (isJsonObject(entry) || nodes.includes(key) ? statedText(entry) : undefined) ?? [],
	);
}

/** The errors that the entries of such an output tell instead of a text, or beside one. */
export function errorsIn(output: JsonValue | undefined): JsonValue | undefined {
	if (!isJsonObject(output)) return undefined;
	const holders = [output, ...Object.values(output).filter(isJsonObject)];
	for (const holder of holders) {
		const bad = badEndIn(holder);
		if (bad?.kind === 'failed') return bad.error ?? { status: holder.status ?? null };
	}
	return undefined;
}

/** JavaScript puts keys that look like numbers first and sorts them: for these, the nodes tell the order. */
function entriesOf(output: JsonObject, nodes: string[]): Array<[string, JsonValue]> {
	const entries = Object.entries(output);
	if (!entries.some(([key]) => /^\d+$/.test(key)) || !entries.every(([key]) => nodes.includes(key))) return entries;
	return entries.sort(([one], [other]) => nodes.indexOf(one) - nodes.indexOf(other));
}

/** The dictionary of results, where it is written as JSON text. */
function dictionaryIn(output: JsonValue | undefined): JsonObject | undefined {
	const value = typeof output === 'string' && /^\s*\{/.test(output) ? tryParseJson(output) : undefined;
	const isDictionary =
		isJsonObject(value) && Object.values(value).some((each) => isJsonObject(each) && statedText(each, []));
	return isDictionary ? value : undefined;
}

/** One text out of all results: a single one byte for byte, several in their order, each under its title. */
export function combined(results: StatedText[]): StatedText | undefined {
	const [first, ...others] = results;
	if (!first || others.length === 0) return first;
	const kinds = new Set(results.map(kindOf));
	const kind = kinds.size === 1 ? kindOf(first) : 'markdown';
	const texts = results.map((each) => titled(each, kind));
	const finish = results.map((each) => each.finish).find((each) => each !== undefined && each.kind !== 'natural');
	return { text: joined(texts), title: first.title, fileType: kinds.size === 1 ? first.fileType : undefined, finish };
}

/** Results of one kind stay what they are. Of different kinds, the others are quoted in Markdown as they are. */
function titled(result: StatedText, kind: string): string {
	const title = result.title?.replace(/\s+/g, ' ');
	const text = kind === 'markdown' && kindOf(result) !== 'markdown' ? fenced(result) : result.text;
	if (title === undefined || firstHeading(text, kind) === title) return text;
	if (kind === 'html') return `<h1>${escaped(title)}</h1>\n${text}`;
	return kind === 'markdown' ? `# ${title}\n\n${text}` : `${title}\n\n${text}`;
}

/** Many reports begin with their own title, which need not stand there twice. */
function firstHeading(text: string, kind: string): string | undefined {
	const start = text.slice(0, 10_000);
	const heading =
		kind === 'html'
			? /<h1\b[^>]*>([\s\S]*?)<\/h1>/i.exec(start)?.[1]?.replace(/<[^>]*>/g, '')
			: /^\s*(?:#{1,6}[ \t]+)?([^\n]*)/.exec(start)?.[1]?.replace(/[ \t]+#+\s*$/, '');
	return heading?.replace(/\s+/g, ' ').trim();
}

function kindOf({ fileType }: StatedText): string {
	const type = fileType?.toLowerCase().replace(/^\.|^text\//, '') ?? 'markdown';
	if (['md', 'markdown', 'text', 'txt', 'plain'].includes(type)) return 'markdown';
	return type === 'htm' ? 'html' : type;
}

function fenced(result: StatedText): string {
	const runs = result.text.match(/`+/g) ?? [];
	const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
	return `${fence}${kindOf(result).replace(/[^\w+-]/g, '')}\n${result.text.replace(/\n$/, '')}\n${fence}\n`;
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** With a blank line between. */
const joined = (texts: string[]): string =>
	texts.reduce((before, text) => before + (before.endsWith('\n') ? '\n' : '\n\n') + text);
