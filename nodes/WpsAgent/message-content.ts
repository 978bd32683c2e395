import { saysError } from '../shared/answer/error-member';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';

/**
 * The text in the content of a message: text itself, an object that holds it, or a list of parts of which only the texts
 * count. Undefined where there is none.
 */
export function contentText(content: JsonValue | undefined): string | undefined {
	if (typeof content === 'string') return content;
	// A server that takes tokens like "42" for numbers.
	if (typeof content === 'number') return String(content);
	if (Array.isArray(content)) {
		const parts = content.map((part) => (isTextPart(part) ? contentText(part) : undefined));
		const texts = parts.filter((part) => part !== undefined);
		return texts.length > 0 ? texts.join('') : undefined;
	}
	if (!isJsonObject(content)) return undefined;
	return textMember(content, 'text', 'content') ?? (isJsonObject(content.text) ? contentText(content.text) : undefined);
}

function isTextPart(part: JsonValue): boolean {
	return !isJsonObject(part) || part.type === undefined || part.type === 'text' || part.type === 'output_text';
}

/**
 * The text of a message, under whichever name; which one it is, the published page does not show
 * (`docs/apis/wps.md §5.6`).
 */
export function textOfMessage(data: JsonObject): string {
	const isObjectString = data.content_type === 'object_string'; // Coze's name for parts as JSON text
	for (const name of ['content', 'text', 'answer', 'content_list']) {
		const content = data[name];
		const parts = isObjectString && typeof content === 'string' ? tryParseJson(content) : undefined;
		const text = contentText(parts ?? content);
		if (text !== undefined && text !== '') return text;
	}
	return '';
}

/** True for this word, in whichever case. */
export const isWord = (value: JsonValue | undefined, word: string): boolean =>
	typeof value === 'string' && value.toLowerCase() === word;

/** Langflow writes `User` (`docs/apis/wps.md §5.2`), the dialect with roles `user`. */
const USER = /^(?:user|human)$/i;
/** Whose words are never the agent's. */
const FOREIGN_ROLE = /^(?:user|human|system|developer|tool|function)$/i;

/** The question, or what another person wrote. */
export const isUser = ({ sender, role }: JsonObject): boolean =>
	[sender, role].some((name) => typeof name === 'string' && USER.test(name));

/** A message in a role that is not the agent's: the user's, that of a tool, an instruction. */
export const isOfForeignRole = ({ role }: JsonObject): boolean => typeof role === 'string' && FOREIGN_ROLE.test(role);

/** A message that tells of an error (`docs/apis/wps.md §5.4`), whatever its `error` is. */
export const isErrorMessage = ({ error, category }: JsonObject): boolean =>
	saysError(error) || isWord(category, 'error');

/** The state of a message that is still being written; any other is that of a whole one. */
export const isPartialState = (state: string | undefined): boolean =>
	/^(?:partial|streaming|in_progress|generating|running|incomplete)$/i.test(state ?? '');
