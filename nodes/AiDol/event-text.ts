import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json/json';
import { firstChoice, isEmpty, objectIn } from './event-kinds';

/* ASSUMPTION, all of this file: which member holds the text of an event is not published (docs/apis/aidol.md §4). */

const TEXT_MEMBERS = ['answer', 'content', 'text', 'delta'];

/** Where the text of a piece may stand, in this order; only the first counts, so that nothing is said twice. */
export function textIn(event: JsonObject): string | undefined {
	const data = objectIn(event, 'data');
	// Nearly all events end here, hence the loops.
	for (const name of TEXT_MEMBERS) {
		const text = asText(event[name]) || asText(data[name]);
		if (text !== '') return text;
	}
	const choice = firstChoice(event.choices);
	const ofChoice = choice ? asText(objectIn(choice, 'delta').content) : '';
	if (ofChoice !== '') return ofChoice;
	return firstText([
		...[event, data].flatMap(inside),
		...['chunk', 'output_text', 'response', 'refusal'].flatMap((name) => [event[name], data[name]]),
		...[event, data].flatMap(inResponse),
		typeof event.data === 'number' ? undefined : event.data,
	]);
}

/** In the parts of an event: OpenAI, Anthropic, Coze, Ollama, DashScope, Gemini. */
function inside(event: JsonObject): Array<JsonValue | undefined> {
	const output = objectIn(event, 'output');
	const [candidate] = listIn(event, 'candidates');
	return [
		...inDelta(objectIn(event, 'delta')),
		...inChoice(event),
		...inDelta(objectIn(event, 'message')),
		...inDelta(objectIn(event, 'content_block')),
		...inDelta(objectIn(event, 'part')),
		...inDelta(objectIn(event, 'item')),
		output.text,
		...inChoice(output),
		candidate && objectIn(candidate, 'content').parts,
	];
}

function inChoice(event: JsonObject): Array<JsonValue | undefined> {
	const choice = firstChoice(event.choices);
	if (!choice) return [];
	return [...inDelta(objectIn(choice, 'delta')), ...inDelta(objectIn(choice, 'message')), choice.text];
}

const inDelta = (delta: JsonObject): Array<JsonValue | undefined> => [delta.content, delta.text, delta.refusal];

/** The output of OpenAI's `response.completed`, and of its replies in one piece. */
const inResponse = (event: JsonObject): Array<JsonValue | undefined> =>
	[event, objectIn(event, 'response')].flatMap((holder) => listIn(holder, 'output')).map(({ content }) => content);

const THOUGHT_MEMBERS = ['reasoning_content', 'reasoning', 'thinking', 'thought', 'reasoning_text'];

/** Members that hold thinking beside the text. Called for every event, hence the loops. */
export function thoughtIn(event: JsonObject): string | undefined {
	for (const holder of [event, objectIn(event, 'data'), objectIn(event, 'output')]) {
		if (isEmpty(holder)) continue;
		const choice = firstChoice(holder.choices);
		for (const part of [holder, ...messagesIn(holder), ...(choice ? messagesIn(choice) : [])]) {
			for (const name of THOUGHT_MEMBERS) {
				const text = part[name];
				if (typeof text === 'string' && text !== '') return text;
			}
		}
	}
	return undefined;
}

const messagesIn = (holder: JsonObject): JsonObject[] =>
	[objectIn(holder, 'delta'), objectIn(holder, 'message')].filter((part) => !isEmpty(part));

const firstText = (candidates: Array<JsonValue | undefined>): string | undefined =>
	candidates.map(asText).find((text) => text !== '');

/** A text, or the text parts of a list of parts; empty for anything else. */
function asText(value: JsonValue | undefined): string {
	if (typeof value === 'string') return value;
	// A server that takes tokens like "42" for numbers.
	if (typeof value === 'number') return String(value);
	if (!Array.isArray(value)) return '';
	return value
		.filter(isJsonObject)
		.filter(({ type, thought }) => thought !== true && (type === undefined || /^(?:output_)?text$/.test(String(type))))
		.map(({ text }) => (typeof text === 'string' ? text : ''))
		.join('');
}

const listIn = (object: JsonObject, name: string): JsonObject[] => {
	const member = object[name];
	return Array.isArray(member) ? member.filter(isJsonObject) : [];
};

/** Where a workflow's result may hold the text of the answer. */
export function textOfOutputs(outputs: JsonValue | undefined): string | undefined {
	if (typeof outputs === 'string') return outputs;
	if (!isJsonObject(outputs)) return undefined;
	return firstText(['answer', 'text', 'content', 'result', 'output'].map((name) => outputs[name]));
}

// --- the option Text Field --------------------------------------------------------------------------------------------

/** The steps of a path like `data.choices[0].delta.content`; undefined when it is none. */
export function textPath(path: string): string[] | undefined {
	const steps = path
		.trim()
		.replace(/^\$\.?/, '')
		.replace(/\[\s*(?:(\d+)|"([^"\]]+)"|'([^'\]]+)')\s*\]/g, (_all, ...names: Array<string | undefined>) => {
			return `.${names.slice(0, 3).find((name) => name !== undefined) as string}`;
		})
		.replace(/^\./, '')
		.split('.')
		.map((step) => step.trim());
	return steps.every((step) => /^[^[\]{}]+$/.test(step)) ? steps : undefined;
}

/** The text at a path: in the event, or in what the envelope around it holds. */
export function textAt(path: string[], ...objects: JsonObject[]): string | undefined {
	for (const object of objects) {
		let value: JsonValue | undefined = object;
		for (const step of path) {
			if (Array.isArray(value)) value = value[Number(step)];
			else value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
		}
		const text = asText(value);
		if (text !== '') return text;
	}
	return undefined;
}
