import type { AnswerResult } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, type JsonValue, textMember, toJsonText } from '../shared/json/json';

/** One result of a run: a report, as a rule (`reportify.md §3d-2`). */
export interface RunOutput {
	content: string;
	title?: string;
	fileType?: string;
	fileName?: string;
}

/** Places where the text of an output may stand; `content` is the documented one. */
const TEXT_MEMBERS = ['content', 'text', 'answer', 'result'];

/**
 * The results that `workflow_end.output` holds, in its order: a dictionary by node ID as it is documented, or likely
 * shapes of a run without nodes (a text, one result by itself).
 */
export function runOutputs(output: JsonValue | undefined): RunOutput[] {
	const whole = runOutput(output);
	if (whole) return [whole];
	if (!isJsonObject(output)) return [];
	return Object.values(output)
		.filter((entry) => isJsonObject(entry))
		.map(runOutput)
		.filter((entry) => entry !== undefined);
}

/** One result, as `node_end`, `agent_end` or an entry of `workflow_end` hold it; undefined when it has no text. */
export function runOutput(output: JsonValue | undefined): RunOutput | undefined {
	if (typeof output === 'string') return output.trim() === '' ? undefined : { content: output };
	if (!isJsonObject(output)) return undefined;
	const content = contentOf(output);
	if (content === undefined || content.trim() === '') return undefined;
	return {
		content,
		title: textMember(output, 'title'),
		fileType: textMember(output, 'filetype', 'file_type'),
		fileName: textMember(output, 'filename', 'file_name'),
	};
}

function contentOf(output: JsonObject): string | undefined {
	const text = textMember(output, ...TEXT_MEMBERS);
	if (text !== undefined) return text;
	// A result of another kind of file, such as JSON, may come as data.
	const { content } = output;
	const isData = Array.isArray(content) || isJsonObject(content);
	return isData && textMember(output, 'filetype') !== undefined ? toJsonText({ content }).slice(11, -1) : undefined;
}

const isHtml = ({ fileType }: RunOutput) => /html/i.test(fileType ?? '');

/** Several results become one answer: all of them, in order, each under its title. */
export function joinedOutputs(outputs: RunOutput[]): Omit<AnswerResult, 'summary'> | undefined {
	const [first, ...others] = outputs;
	if (!first) return undefined;
	const { title, fileType, fileName } = first;
	if (others.length === 0) return { text: first.content, title, fileType, fileName };
	const areHtml = outputs.every(isHtml);
	const text = outputs.map((output) => underTitle(output, areHtml)).join('\n\n');
	return { text, title, fileType: areHtml ? fileType : undefined };
}

function underTitle({ title, content }: RunOutput, isHtmlAnswer: boolean): string {
	if (title === undefined || title.trim() === '') return content;
	if (isHtmlAnswer) return `<h1>${title.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</h1>\n${content}`;
	const [firstLine = ''] = content.trimStart().split('\n');
	const beginsWithIt = firstLine.replace(/^#{1,6}\s+|\s+#*\s*$/g, '').trim() === title.trim();
	return beginsWithIt ? content : `# ${title.trim()}\n\n${content}`;
}
