import { event, type Vector } from './vector';

/* NDJSON, and the framings that WPS may use (`docs/apis/wps.md §5.5`). A broken value is a frame of its own. */

const A = '{"event":"token","data":{"chunk":"你好 👩‍🔬"}}';
const B = '{"event":"end","data":{"id":11887655289749511}}';
const PRETTY = '{\n  "event": "end",\n  "data": {\n    "list": [\n      {"a": 1},\n      [2, [3]]\n    ]\n  }\n}';
const TRICKY = '{"a":"} ] { [ \\" \\\\","b":"data: x\\n{","c":[{},[]]}';
const MEGABYTE = `{"event":"token","data":{"chunk":"${'x'.repeat(1024 * 1024)}"}}`;

const both = [event(A), event(B)];

const ndjson: Vector[] = [
	{ group: 'NDJSON', title: 'a value per line', input: `${A}\n${B}\n`, expected: both, cutInside: false },
	{
		group: 'NDJSON',
		title: 'a last line without a line end is a record',
		input: `${A}\n${B}`,
		expected: both,
		cutInside: false,
	},
	{
		group: 'NDJSON',
		title: 'blank lines',
		input: `\n\n${A}\n\n \n\n${B}\n\n\n`,
		expected: both,
		cutInside: false,
	},
	{
		group: 'NDJSON',
		title: 'brackets and escapes inside strings',
		input: `${TRICKY}\n${A}\n`,
		expected: [event(TRICKY), event(A)],
	},
	{
		group: 'NDJSON',
		title: 'a line of 1 MB',
		input: `${A}\n${MEGABYTE}\n${B}\n`,
		large: true,
		expected: [event(A), event(MEGABYTE), event(B)],
	},
	{
		group: 'NDJSON',
		title: 'a line that is cut inside a string is handed out; the next one is whole',
		input: `${A}\n{"event":"token","data":{"chunk":"ab\n${B}\n`,
		expected: [event(A), event('{"event":"token","data":{"chunk":"ab'), event(B)],
		cutInside: false,
	},
	{
		group: 'NDJSON',
		title: 'a line that is cut between values is handed out; the next one is whole',
		input: `{"event":"token","data":{"n":1\n${A}\n${B}\n`,
		expected: [event('{"event":"token","data":{"n":1\n'), event(A), event(B)],
		cutInside: false,
	},
	{
		group: 'NDJSON',
		title: 'a line that is not JSON is handed out',
		input: `${A}\nupstream connect error {503}\n${B}\n`,
		expected: [event(A), event('upstream connect error {503}'), event(B)],
	},
	{
		group: 'NDJSON',
		title: 'simple values on lines of their own',
		input: `${A}\nnull\n17\n"x"\n${B}\n`,
		expected: [event(A), event('null'), event('17'), event('"x"'), event(B)],
	},
	{
		group: 'NDJSON',
		title: 'a body that ends inside a value',
		input: `${A}\n{"event":"tok`,
		expected: [event(A)],
		cutInside: true,
	},
	{
		group: 'NDJSON',
		title: 'a body that ends inside a value, behind its strings',
		input: `${A}\n{"event":"end","data":{}`,
		expected: [event(A)],
		cutInside: true,
	},
];

const framings: Vector[] = [
	{ group: 'WPS', title: 'objects between blank lines', input: `${A}\n\n${B}\n\n`, expected: both, cutInside: false },
	{ group: 'WPS', title: 'the last one ended by the body', input: `${A}\n\n${B}`, expected: both, cutInside: false },
	{ group: 'WPS', title: 'several objects on one line', input: `${A}${B} ${A}\n`, expected: [...both, event(A)] },
	{
		group: 'WPS',
		title: 'an object over several lines',
		input: `${PRETTY}\n${A}\n`,
		expected: [PRETTY, A].map((data) => event(data)),
	},
	{
		group: 'WPS',
		title: 'a `data:` prefix here and there',
		input: `${A}\ndata: ${B}\ndata:${A}\n\n`,
		expected: [...both, event(A)],
	},
	{
		group: 'WPS',
		title: '`event:`, `id:`, `retry:` lines and comments between objects',
		input: `${A}\n: ping\nid: 7\nretry: 10\nevent: end\n${B}\n`,
		expected: both,
	},
	{ group: 'WPS', title: 'a comment in front of all', input: `: ping\n\n${A}\n${B}\n`, expected: both },
	{ group: 'WPS', title: 'a byte order mark', input: `\ufeff${A}\n${B}\n`, expected: both },
	{
		group: 'WPS',
		title: 'an end marker',
		input: `${A}\n[DONE]\n`,
		expected: [event(A), event('[DONE]')],
		cutInside: false,
	},
	{
		group: 'WPS',
		title: 'real server-sent events',
		input: `event: token\ndata: ${A}\n\nid: 1\ndata:${B}\n\n`,
		expected: [event(A, 'token'), event(B)],
	},
	{
		group: 'WPS',
		title: 'real server-sent events, an object over several `data:` lines',
		input: `data: {"a":\ndata: 1}\n\ndata: [DONE]\n\n`,
		expected: [event('{"a":\n1}'), event('[DONE]')],
	},
	{
		group: 'WPS',
		title: 'escaped and raw characters alike',
		input: '{"t":"\\u4f60\\u597d"}\n{"t":"你好"}\n',
		expected: [event('{"t":"\\u4f60\\u597d"}'), event('{"t":"你好"}')],
	},
];

export const JSON_VECTORS: Vector[] = [...ndjson, ...framings];
