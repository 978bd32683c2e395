import type { AnswerFile } from '../shared/answer/answer-change';
import { isJsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';

const MAX_DEPTH = 6;

/**
 * The files that the output of a tool or of the workflow names. The key of the id is not published
 * (`docs/apis/reportify.md §7`): accepted are `file_id`, `file_ids` and the members of a `files` list, also in JSON
 * text inside `content`. Nothing else counts as a file: document ids of search results look alike.
 */
export function filesIn(output: JsonValue | undefined, depth = 0): AnswerFile[] {
	if (depth > MAX_DEPTH) return [];
	if (typeof output === 'string') {
		return /file/i.test(output) && /^\s*[[{]/.test(output) ? filesIn(tryParseJson(output), depth + 1) : [];
	}
	if (Array.isArray(output)) return output.flatMap((each) => filesIn(each, depth + 1));
	if (!isJsonObject(output)) return [];
	return Object.entries(output).flatMap(([key, value]) => {
		if (key === 'file_id' || key === 'fileId')
			return typeof value === 'string' && value !== '' ? [named(value, output)] : [];
		if (key === 'file_ids' || key === 'fileIds') return idList(value);
		if (key === 'files' || key === 'generated_files')
			return Array.isArray(value) ? value.flatMap((each) => listed(each)) : [];
		return filesIn(value, depth + 1);
	});
}

const named = (id: string, holder: { [key: string]: JsonValue }): AnswerFile => ({
	id,
	name: textMember(holder, 'file_name', 'fileName', 'filename', 'name', 'title') ?? id,
});

const idList = (value: JsonValue | undefined): AnswerFile[] =>
	Array.isArray(value) ? value.filter((id) => typeof id === 'string').map((id) => ({ id, name: id })) : [];

function listed(value: JsonValue): AnswerFile[] {
	if (typeof value === 'string') return value === '' ? [] : [{ id: value, name: value }];
	if (!isJsonObject(value)) return [];
	const id = textMember(value, 'file_id', 'fileId', 'id');
	return id === undefined ? [] : [named(id, value)];
}
