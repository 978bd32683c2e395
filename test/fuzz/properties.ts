import assert from 'node:assert';
import fc from 'fast-check';
import { AiDolEvents } from '../../nodes/AiDol/aidol-events';
import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { answerPlainText, answerSources, answerTables, tableRows } from '../../nodes/shared/answer-formats';
import { Answer } from '../../nodes/shared/answer/answer';
import type { Composition } from '../../nodes/shared/answer/answer-text';
import type { EventDecoder } from '../../nodes/shared/following/answer-source';
import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import { type Frame, FrameTooLarge, WebPageInstead } from '../../nodes/shared/frames/frame';
import { parseJson, tryParseJson } from '../../nodes/shared/json/json';
import { structuredAnswer } from '../../nodes/shared/structured-output';
import { WpsEvents } from '../../nodes/WpsAgent/wps-events';
import { HOSTILE_PIECES } from '../answer-formats/hostile-markdown';
import { expectSafeInEveryForm } from '../answer-formats/safe-html';
import { answerOf, end, streaming } from '../reportify/decoder';
import { expectedValue, jsonSample, jsonText, writingStyle } from './json-text';
import { textPieces } from './text-pieces';

/* What must hold for any input. The tests run each of these for a moment, `npm run fuzz` for as long as one likes. */

// --- bodies -----------------------------------------------------------------------------------------------------------

/** What came of a body: its frames and how it ended, or why it was refused. */
interface Read {
	frames: Frame[];
	cutInside?: boolean;
	unfinished?: Frame;
	refusal?: string;
}

/** Reads bytes in pieces of these sizes, in turn. Lets every error through that is not a refusal. */
function read(bytes: Uint8Array, sizes: number[], largest?: number): Read {
	const reader = new BodyFrames(largest);
	const frames: Frame[] = [];
	try {
		for (let at = 0, turn = 0; at < bytes.length; turn++) {
			const size = sizes[turn % sizes.length] as number;
			frames.push(...reader.push(bytes.subarray(at, at + size)));
			at += size;
		}
		const { frames: last, ...ending } = reader.end();
		return { ...ending, frames: [...frames, ...last] };
	} catch (error) {
		if (error instanceof WebPageInstead) return { frames, refusal: `web page ${error.beginning}` };
		if (error instanceof FrameTooLarge) return { frames, refusal: 'too large' };
		throw error;
	}
}

const ALL = [Number.MAX_SAFE_INTEGER];
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

/** Bytes that look like the bodies of this world, torn apart and put together again. */
const bodies: fc.Arbitrary<Uint8Array> = fc
	.array(
		fc.oneof(
			{
				weight: 6,
				arbitrary: fc.constantFrom(...['\n', '\r', '\r\n', '\n\n', 'data:', 'data: ', ' ', '\t', ':', ': c']),
			},
			{ weight: 6, arbitrary: fc.constantFrom(...['{', '}', '[', ']', '"', '\\', ',', '{"a":1}', '{"a":"', '[DONE]']) },
			{
				weight: 2,
				arbitrary: fc.constantFrom(...['event: x', 'id: 1', 'retry: 5', '<', '<html>', '\ufeff', '\0', '你']),
			},
			{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
		),
		{ maxLength: 60 },
	)
	.map((parts) => new TextEncoder().encode(parts.join('')));
const anyBytes = fc.oneof(
	{ weight: 5, arbitrary: bodies },
	{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
	{
		weight: 2,
		arbitrary: fc
			.tuple(bodies, fc.uint8Array({ maxLength: 3 }), bodies)
			.map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
	},
);

// --- events -----------------------------------------------------------------------------------------------------------

const EVENT_TYPES = [
	...['init', 'workflow_start', 'workflow_end', 'node_start', 'node_end', 'agent_start', 'agent_end', 'tool_start'],
	...['tool_end', 'tool_output', 'stream_start', 'streaming', 'stream_end', 'usage', 'cancel', 'error', 'other'],
];

/** Events with any value in any member. */
const anyEvent = fc.record(
	{
		event_type: fc.oneof({ weight: 5, arbitrary: fc.constantFrom<unknown>(...EVENT_TYPES) }, fc.jsonValue()),
		event_id: fc.oneof(fc.constantFrom<unknown>('a', 'b', 'c', ''), fc.jsonValue()),
		offset: fc.oneof(fc.nat({ max: 5 }), fc.jsonValue()),
		run_id: fc.oneof(fc.constantFrom<unknown>('', 'r', 'n'), fc.jsonValue()),
		node_id: fc.jsonValue(),
		tool_name: fc.jsonValue(),
		timestamp: fc.oneof(fc.double(), fc.jsonValue()),
		content: fc.oneof(fc.constantFrom<unknown>('', 'a', 'ab', 'abc'), fc.jsonValue()),
		input: fc.jsonValue(),
		output: fc.oneof(fc.jsonValue(), fc.record({ content: fc.json(), files: fc.jsonValue(), file_id: fc.jsonValue() })),
		error: fc.oneof(
			fc.constant({}),
			fc.record({ message: fc.jsonValue(), code: fc.jsonValue(), detail: fc.jsonValue() }),
		),
		usage: fc.jsonValue(),
		assistant_events: fc.jsonValue(),
		detail: fc.jsonValue(),
	},
	{ requiredKeys: [] },
);

/** Names and words that the decoders of the other providers look for, in any place. */
const KNOWN_NAMES = [
	...['event', 'type', 'data', 'id', 'name', 'text', 'content', 'answer', 'chunk', 'message', 'msg', 'error', 'code'],
	...['sender', 'properties', 'state', 'content_blocks', 'contents', 'files', 'usage', 'result', 'outputs', 'output'],
	...['choices', 'delta', 'finish_reason', 'reasoning_content', 'done', 'response', 'item_id', 'last_error', 'final'],
	...['message_id', 'chat_id', 'conversation_id', 'workflow_run_id', 'node_id', 'category', 'role', 'status', 'source'],
];
const KNOWN_WORDS = [
	...['token', 'add_message', 'remove_message', 'end', 'error', 'User', 'Machine', 'partial', 'complete', 'message'],
	...[
		'message_end',
		'message_replace',
		'workflow_started',
		'workflow_finished',
		'node_started',
		'node_finished',
		'done',
	],
	...[
		...['thinking', 'tool_call', 'response.output_text.done', 'conversation.message.completed', 'message_start'],
		...['<think>', '</think>', 'length', 'stop', 'user', 'assistant', '"[DONE]"', 'data: x', 'incomplete'],
		'answer',
		'ack',
		'tool',
		'tool_use',
		'text',
		'a',
		'ab',
		'abc',
		'',
		'[DONE]',
		'{"text":"x"}',
		'succeeded',
		'failed',
	],
];
const knownFrame = fc
	.object({
		key: fc.constantFrom(...KNOWN_NAMES),
		values: [fc.constantFrom<unknown>(...KNOWN_WORDS), fc.integer(), fc.boolean(), fc.constant(null)],
		maxDepth: 4,
		maxKeys: 6,
	})
	.map((value) => JSON.stringify(value));

/** Whatever comes, a decoder gives events, and an answer can be made of them. */
function decodersGoOn(makeDecoder: () => EventDecoder, composition: Composition) {
	const frames = fc.array(
		fc.record(
			{
				data: fc.oneof(
					{ weight: 4, arbitrary: knownFrame },
					fc.json(),
					fc.string(),
					fc.constantFrom('[DONE]', '', '{', '[]'),
				),
				event: fc.oneof(fc.constantFrom(...KNOWN_WORDS), fc.string()),
			},
			{ requiredKeys: ['data'] },
		),
		{ maxLength: 20 },
	);
	return fc.property(frames, fc.nat({ max: 20 }), (some, resumeAt) => {
		const decoder = makeDecoder();
		const answer = new Answer({ composition, keepSteps: true, keepEvents: true });
		for (const [at, frame] of some.entries()) {
			if (at === resumeAt) answer.resume();
			for (const each of decoder.decode(frame)) answer.apply(each);
		}
		answer.completeAtEnd();
		JSON.stringify([answer.toString(), answer.steps, answer.files, answer.usage, answer.events, answer.outcome]);
	}) as fc.IRawProperty<unknown>;
}

// --- Markdown ---------------------------------------------------------------------------------------------------------

/** Answers that mix the marks of Markdown with anything else. */
const anyMarkdown = fc
	.array(
		fc.oneof(
			{ weight: 4, arbitrary: fc.constantFrom(...HOSTILE_PIECES) },
			{
				weight: 4,
				arbitrary: fc.constantFrom(
					...[
						'\n',
						'\n\n',
						'    ',
						'- ',
						'1. ',
						'> ',
						'# ',
						'| ',
						'|',
						'|-|-|\n',
						'```\n',
						'`',
						'**',
						'_',
						'~~',
						'[^1]',
					],
					...['[^1]: ', '[', '](', ')', '![', '<', '>', '\\', '&', '：', '“', '第三季度', 'a', 'https://a.b/c'],
				),
			},
			{ weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
		),
		{ maxLength: 40 },
	)
	.map((parts) => parts.join(''));

export const PROPERTIES: Array<{ name: string; property: fc.IRawProperty<unknown> }> = [
	{
		name: 'any bytes: the same frames in every chunking, no exception but the two refusals',
		property: fc.property(anyBytes, sizes, (bytes, some) => {
			const whole = read(bytes, ALL);
			assert.deepStrictEqual(read(bytes, [1]), whole);
			assert.deepStrictEqual(read(bytes, some), whole);
		}) as fc.IRawProperty<unknown>,
	},
	{
		name: 'any bytes with a small limit: frames up to it, then a refusal',
		property: fc.property(anyBytes, sizes, fc.integer({ min: 1, max: 40 }), (bytes, some, largest) => {
			const whole = read(bytes, some);
			const limited = read(bytes, some, largest);
			if (limited.refusal === 'too large') {
				assert.deepStrictEqual(limited.frames, whole.frames.slice(0, limited.frames.length));
			} else assert.deepStrictEqual(limited, whole);
		}) as fc.IRawProperty<unknown>,
	},
	{
		name: 'server-sent events: what was written is read',
		property: fc.property(
			fc.array(
				fc.record(
					{
						data: fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replace(/\r/g, '')),
						event: fc.constantFrom('token', 'end', 'a b'),
						comment: fc.constantFrom('', ' ping', 'data: x'),
					},
					{ requiredKeys: ['data'] },
				),
				{ maxLength: 12 },
			),
			fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 7 }),
			sizes,
			(events, lineEnds, some) => {
				// A CR directly in front of a LF would be one line end, not two.
				let turn = 0;
				let before = '';
				const lineEnd = () => {
					const next = lineEnds[turn++ % lineEnds.length] as string;
					before = before === '\r' && next === '\n' ? '\r\n' : next;
					return before;
				};
				let text = lineEnd();
				for (const { data, event, comment } of events) {
					if (comment !== undefined) text += `:${comment}${lineEnd()}`;
					if (event !== undefined) text += `event: ${event}${lineEnd()}`;
					for (const line of data.split('\n')) text += `data: ${line}${lineEnd()}`;
					text += lineEnd();
				}
				const { frames, cutInside } = read(new TextEncoder().encode(text), some);
				assert.deepStrictEqual(
					frames.map(({ data, event }) => ({ data, event })),
					events.map(({ data, event }) => ({ data, event })),
				);
				assert.strictEqual(cutInside, false);
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'bare JSON values: what was written is read',
		property: fc.property(
			fc.array(
				fc.record({
					sample: jsonSample.filter((sample) => typeof sample === 'object' && sample !== null && !('digits' in sample)),
					style: writingStyle,
					prefix: fc.constantFrom('', '', 'data: ', 'data:', ': ping\n', 'event: x\n', 'id: 1\r\n'),
					lineEnd: fc.constantFrom('\n', '\n\n', '\r\n', '\r\n\r\n', '', ' '),
				}),
				{ minLength: 1, maxLength: 8 },
			),
			sizes,
			(values, some) => {
				const texts = values.map(({ sample, style }) => jsonText(sample, style).trim());
				const body = values
					.map(({ prefix, lineEnd }, at) => `${at === 0 ? '' : `\n${prefix}`}${texts[at]}${lineEnd}`)
					.join('');
				const { frames, cutInside } = read(new TextEncoder().encode(body), some);
				assert.deepStrictEqual(
					frames.map(({ data }) => data),
					texts.map((text) => Buffer.from(text).toString()), // lone surrogates do not survive UTF-8
				);
				assert.strictEqual(cutInside, false);
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'bare JSON values, cut off anywhere: the ones before are read, the end is noticed',
		property: fc.property(
			fc.array(fc.object({ maxDepth: 2, values: [fc.string(), fc.integer(), fc.boolean()] }), {
				minLength: 1,
				maxLength: 5,
			}),
			fc.nat(),
			sizes,
			(values, cut, some) => {
				const lines = values.map((value) => `${JSON.stringify(value)}\n`);
				const body = Buffer.from(lines.join(''));
				const length = cut % (body.length + 1);
				const { frames, cutInside } = read(body.subarray(0, length), some);
				let whole = 0;
				let at = 0;
				for (const line of lines) {
					at += Buffer.byteLength(line);
					if (at - 1 <= length) whole++;
				}
				assert.deepStrictEqual(
					frames.map(({ data }) => data),
					lines.slice(0, whole).map((line) => line.trim()),
				);
				const rest = length - lines.slice(0, whole).reduce((sum, line) => sum + Buffer.byteLength(line), 0);
				assert.strictEqual(cutInside, rest > 0);
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'JSON: every digit, ids as text, no hostile names',
		property: fc.property(jsonSample, writingStyle, (sample, style) => {
			assert.deepStrictEqual(parseJson(jsonText(sample, style)), expectedValue(sample));
		}) as fc.IRawProperty<unknown>,
	},
	{
		name: 'any text: JSON for both parsers or for neither; never another error than SyntaxError',
		property: fc.property(
			fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0015e-. _id'), maxLength: 60 })),
			(text) => {
				let isJson = true;
				try {
					JSON.parse(text);
				} catch {
					isJson = false;
				}
				assert.strictEqual(tryParseJson(text) !== undefined, isJson);
				if (!isJson) assert.throws(() => parseJson(text), SyntaxError);
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'any nesting: parsed up to 200 levels, a SyntaxError beyond',
		property: fc.property(
			fc.array(fc.constantFrom('[', '{"a":', '[1,', '{"id":11887655289749511,"b":'), { minLength: 1, maxLength: 30 }),
			fc.integer({ min: 1, max: 4000 }),
			(opening, levels) => {
				const open = Array.from({ length: levels }, (_each, at) => opening[at % opening.length] as string);
				const close = open.map((text) => (text.startsWith('[') ? ']' : '}')).reverse();
				const text = `${open.join('')}1${close.join('')}`;
				assert.strictEqual(tryParseJson(text) !== undefined, levels <= 200);
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'Reportify, any events: no exception, an answer that can be told',
		property: fc.property(fc.array(anyEvent, { maxLength: 20 }), fc.boolean(), (events, isResumed) => {
			const answer = answerOf(events);
			if (isResumed) answer.resume();
			JSON.stringify([answer.toString(), answer.steps, answer.files, answer.usage, answer.events, answer.outcome]);
		}) as fc.IRawProperty<unknown>,
	},
	{
		name: 'Reportify, any JSON or text in a frame: no exception',
		property: decodersGoOn(() => new ReportifyEvents(), 'lastBlock'),
	},
	{
		name: 'AI-DOL, any JSON or text in a frame: no exception',
		property: decodersGoOn(() => new AiDolEvents(), 'everything'),
	},
	{
		name: 'WPS, any JSON or text in a frame: no exception',
		property: decodersGoOn(() => new WpsEvents(), 'lastBlock'),
	},
	{
		name: 'any Markdown: nothing active in its HTML, and text, tables and rows without an exception',
		property: fc.property(anyMarkdown, (markdown) => {
			expectSafeInEveryForm(markdown);
			answerPlainText(markdown);
			answerSources(markdown);
			const tables = answerTables(markdown);
			for (const { headers, rows } of tables) {
				for (const row of rows) assert.ok(row.length >= headers.length);
			}
			const { rows } = tableRows(tables);
			assert.strictEqual(
				rows.length,
				tables.reduce((sum, each) => sum + each.rows.length, 0),
			);
		}) as fc.IRawProperty<unknown>,
	},
	{
		name: 'any JSON in a fence or among words: equal or not at all',
		property: fc.property(
			fc.jsonValue(),
			anyMarkdown,
			fc.constantFrom('', '```json\n', '```\n'),
			fc.constantFrom(0, 1, 2),
			(value, words, fence, indent) => {
				const json = JSON.stringify(value, null, indent);
				const close = fence === '' ? '' : '\n```';
				const prose = words.replace(/[`~{}[\]"<>]/g, ' ');
				const { value: found, problem } = structuredAnswer(`${prose}\n${fence}${json}${close}\n${prose}`);
				if (problem !== null || /(?:_id|Id|"id)":/.test(json)) return;
				if (typeof found !== 'object' || found === null) return; // prose may be a value of its own
				assert.deepStrictEqual(found, JSON.parse(json));
			},
		) as fc.IRawProperty<unknown>,
	},
	{
		name: 'Reportify, pieces of any text in any cut: the text',
		property: fc.property(textPieces, (pieces) => {
			const events = pieces.map((piece) => streaming(piece, { run_id: 'r', node_id: 'n' }));
			assert.strictEqual(answerOf([...events, end('r')]).toString(), pieces.join(''));
			assert.strictEqual(answerOf([...events, end('r', { content: pieces.join('') })]).toString(), pieces.join(''));
		}) as fc.IRawProperty<unknown>,
	},
];
