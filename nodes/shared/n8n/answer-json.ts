import { ConversationFailure } from '../failures/conversation-failure';
import type { FollowedAnswer } from '../following/follow';
import type { JsonObject, JsonValue } from '../json/json';
import type { AnswerOptions } from '../parameters/answer-options';
import { jsonItems, structuredAnswer } from '../structured-output';
import type { OperationCall } from './operation';

/** Names that have a meaning of their own in an item of a row or an object: a key `error` makes it a failure, the others lead back to the answer. */
export const TAKEN_FIELDS = ['error', 'conversationId', 'messageId'];

/**
 * The JSON in an answer, as far as it is asked for; null where there is none, and none is required. An answer that is not
 * whole is not looked at, and neither are answers whose events are wanted, for an audit.
 *
 * @throws ConversationFailure where JSON is required: there is none, or it is in another format
 */
export function answerJson(
	{ provider }: OperationCall,
	{ output, outputFormat, answerFormats }: AnswerOptions,
	{ text, status, finishReason }: FollowedAnswer,
): JsonValue {
	const isRequired = outputFormat !== undefined || output === 'jsonItems';
	if (!(isRequired || answerFormats.includes('json')) || output === 'events' || status !== 'completed') return null;
	const { value, problem, ...found } = structuredAnswer(text, outputFormat);
	if (problem === null || !isRequired) return value;
	const { message } = found as { message: string };
	const early = finishReason === undefined ? '' : `${provider.name} ended the answer early (${finishReason}). `;
	throw new ConversationFailure(message, {
		code: problem === 'no_json' ? 'no_json' : 'answer_not_in_format',
		hint: `${early}${HINTS[problem]}`,
		status: 'completed',
	});
}

const HINTS = {
	no_json:
		'The whole answer is in partialAnswer of the error; nothing was asked a second time. Ask for JSON in the message, or switch on Require Specific Output Format, which does so.',
	answer_not_in_format:
		'The whole answer is in partialAnswer of the error; nothing was asked a second time. Say in the message what goes into these fields, or require less: with Define Using JSON Schema, fields can be optional.',
};

/** The objects of the JSON in an answer, with names that an item can have. */
export function jsonRows(value: JsonValue): JsonObject[] {
	return jsonItems(value).map((row) => {
		const used = new Set(Object.keys(row));
		const nameOf = (field: string): string => {
			if (!TAKEN_FIELDS.includes(field)) return field;
			let name = `${field} (field)`;
			for (let count = 2; used.has(name); count++) name = `${field} (field ${count})`;
			return name;
		};
		return Object.fromEntries(Object.entries(row).map(([field, member]) => [nameOf(field), member]));
	});
}
