import { InvalidParameter } from '../failures/invalid-parameter';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';
import { exactJson, type ExactJson } from './exact-json';
import { schemaOfExample } from './example-schema';
import { findJson } from './find-json';
import { readSchema, SCHEMA } from './json-schema';
import { parse } from './libraries';
import { SchemaCheck } from './mismatches';

/** The display name of the parameter, which is n8n's own. */
const EXAMPLE = 'JSON Example';

/** The parameters *Schema Type*, *JSON Example* and *Input Schema* as n8n gives them: texts, or what an expression made. */
export interface FormatParameters {
	schemaType: 'fromJson' | 'manual';
	jsonSchemaExample?: unknown;
	inputSchema?: unknown;
}

/** The format that an answer has to have. */
export interface OutputFormat {
	/** What to append to the message, so that the agent knows. */
	instructions: string;
	/** The first mismatches of a value in plain words; none when it fits. */
	mismatches(json: ExactJson): string[];
}

/** The JSON of an answer, or what is wrong with it. */
export type StructuredAnswer =
	| { value: JsonValue; problem: null }
	| { value: null; problem: 'no_json' | 'answer_not_in_format'; message: string; mismatches: string[] };

/**
 * Reads the format that the user wants.
 *
 * @throws InvalidParameter naming the place, when it is none, or asks for something that would not be checked
 */
export function readOutputFormat({ schemaType, jsonSchemaExample, inputSchema }: FormatParameters): OutputFormat {
	return schemaType === 'fromJson' ? formatOfExample(jsonSchemaExample) : formatOfSchema(inputSchema);
}

/** The JSON in an answer: the whole of it, a fenced block, or the one value among the words; exact to the last digit. */
export function structuredAnswer(answer: string, format?: OutputFormat): StructuredAnswer {
	const { candidates, isBroken } = findJson(answer);
	if (isBroken) return { ...NO_JSON, message: 'The JSON in the answer cannot be read. It may have been cut off.' };
	if (candidates.length === 0) return { ...NO_JSON, message: 'The answer holds no JSON' };
	const fitting = format === undefined ? candidates : candidates.filter((json) => format.mismatches(json).length === 0);
	if (fitting.length === 1) return { value: fitting[0]!.value, problem: null };
	if (candidates.length > 1)
		return { ...NO_JSON, message: 'The answer holds several JSON values, and nothing says which one is meant' };
	const mismatches = format?.mismatches(candidates[0]!) ?? [];
	return {
		value: null,
		problem: 'answer_not_in_format',
		message: `The answer is not in the required format: ${mismatches.join('; ')}`,
		mismatches,
	};
}

/** The items that the JSON of an answer becomes: each member of a list, or the one value; what is no object is `value`. */
export function jsonItems(value: JsonValue): JsonObject[] {
	return (Array.isArray(value) ? value : [value]).map((member) => (isJsonObject(member) ? member : { value: member }));
}

const NO_JSON = { value: null, problem: 'no_json' as const, mismatches: [] };

function formatOfExample(parameter: unknown): OutputFormat {
	const text = textOf(parameter, EXAMPLE);
	const { numbers } = jsonOf(text, EXAMPLE);
	if (typeof numbers !== 'object' || numbers === null) {
		throw new InvalidParameter(
			EXAMPLE,
			'is neither an object nor a list',
			'Enter an example of the JSON that you want, as {"name": "value"}.',
		);
	}
	if (Object.keys(numbers).length === 0) {
		throw new InvalidParameter(EXAMPLE, 'is empty', 'Enter an example with all the fields that you want.');
	}
	const check = new SchemaCheck(schemaOfExample(numbers));
	return {
		instructions:
			'Answer with JSON only, without any text before or after it. It must have the same fields as this example, all of them, ' +
			`with values of the same types:\n\n\`\`\`json\n${text}\n\`\`\``,
		mismatches: (json) => check.mismatches(json.numbers),
	};
}

function formatOfSchema(parameter: unknown): OutputFormat {
	const text = textOf(parameter, SCHEMA);
	const check = new SchemaCheck(readSchema(jsonOf(text, SCHEMA)));
	return {
		instructions:
			'Answer with JSON only, without any text before or after it. It must be valid against this JSON Schema:' +
			`\n\n\`\`\`json\n${text}\n\`\`\``,
		mismatches: (json) => check.mismatches(json.numbers),
	};
}

function textOf(parameter: unknown, name: string): string {
	const text =
		typeof parameter === 'string'
			? parameter.trim()
			: typeof parameter === 'object' && parameter !== null
				? JSON.stringify(parameter, null, 2)
				: '';
	if (text === '') throw new InvalidParameter(name, 'is empty', 'Enter the format that the answer must have.');
	return text;
}

function jsonOf(text: string, name: string): ExactJson {
	const json = exactJson(text);
	if (json !== null) return json;
	throw new InvalidParameter(
		name,
		`is not valid JSON: ${complaintAbout(text)}`,
		'JSON has its names and texts in straight double quotes, and no comma behind the last member.',
	);
}

/** What is wrong with a JSON text, and where. */
function complaintAbout(text: string): string {
	try {
		parse(text);
		return 'it is nested too deeply, or has a member "__proto__"';
	} catch (error) {
		const message = error instanceof Error ? error.message : '';
		const position = /at position (\d+)/.exec(message)?.[1];
		const before = text.slice(0, position === undefined ? text.length : Number(position));
		const line = before.split('\n').length;
		const column = before.length - before.lastIndexOf('\n');
		return `line ${line}, column ${column}`;
	}
}
