import { event, type Vector } from './vector';

/*
 * Server-sent events. Written from the WHATWG standard (HTML, "9.2.6 Interpreting an event stream") and from the inputs
 * of public test suites for event streams (docs/conformance.md). Ids and `retry` are not judged, because a Frame has none: the vectors prove that such
 * lines disturb nothing.
 */

const utf8 = (...parts: Array<string | number[]>) =>
	Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))));

const LONG_COMMENT = ':x'.repeat(1024);

const lines: Vector[] = [
	{ group: 'lines', title: 'one line', input: 'data: hello\n\n', expected: [event('hello')] },
	{
		group: 'lines',
		title: 'one line, then two lines',
		input: 'data: one\n\ndata: two\ndata: three\n\n',
		expected: [event('one'), event('two\nthree')],
	},
	{ group: 'lines', title: 'empty first line', input: 'data:\ndata: b\n\n', expected: [event('\nb')] },
	{ group: 'lines', title: 'empty middle line', input: 'data: a\ndata:\ndata: c\n\n', expected: [event('a\n\nc')] },
	{ group: 'lines', title: 'empty last line', input: 'data: a\ndata\n\n', expected: [event('a\n')] },
	{
		group: 'lines',
		title: 'additional blank lines',
		input: '\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n',
		expected: [event('a'), event('b')],
	},
	{
		group: 'lines',
		title: 'ends with two line ends of one kind in the same piece',
		input: 'data: last\n\n',
		expected: [event('last')],
		cutInside: false,
	},
];

const fields: Vector[] = [
	{ group: 'fields', title: 'no blank behind the colon', input: 'data:hello\n\n', expected: [event('hello')] },
	{ group: 'fields', title: 'one of two blanks is kept', input: 'data:  world\n\n', expected: [event(' world')] },
	{ group: 'fields', title: 'a blank at the end is kept', input: 'data: a \n\n', expected: [event('a ')] },
	{ group: 'fields', title: 'a tab is not stripped', input: 'data:\ta\n\n', expected: [event('\ta')] },
	{ group: 'fields', title: 'a field without a colon is empty', input: 'data\n\n', expected: [event('')] },
	{
		group: 'fields',
		title: 'a field without a colon, twice',
		input: 'data:\n\ndata\ndata\n\ndata:test\n\n',
		expected: [event(''), event('\n'), event('test')],
	},
	{ group: 'fields', title: 'empty data', input: 'data: \n\n', expected: [event('')] },
	{ group: 'fields', title: 'a value with colons', input: 'data: a:b: c\n\n', expected: [event('a:b: c')] },
	{
		group: 'fields',
		title: 'unknown fields',
		input: 'dat: a\ndata: b\nfoo\ndatax: c\nda-ta: d\n\n',
		expected: [event('b')],
	},
	{
		group: 'fields',
		title: 'names are case-sensitive',
		input: 'Data: a\nDATA: b\ndata: c\n\n',
		expected: [event('c')],
	},
	{
		group: 'fields',
		title: 'a blank in front of a name makes another name',
		input: ' data: a\ndata: b\n data: c\n\n',
		expected: [event('b')],
	},
	{
		group: 'fields',
		title: '"data:" in a JSON value',
		input: 'data: {"t":"data: x\\n\\ndata: y"}\n\n',
		expected: [event('{"t":"data: x\\n\\ndata: y"}')],
	},
	{
		group: 'fields',
		title: 'the mixture of the platform tests',
		input:
			'data:\0\ndata:  2\nData:1\ndata\0:2\ndata:1\n\0data:4\nda-ta:3\ndata_5\ndata:3\ndata:\n data:32\ndata:4\n\n',
		expected: [event('\0\n 2\n1\n3\n\n4')],
	},
];

const events: Vector[] = [
	{ group: 'events', title: 'a name', input: 'event: add\ndata: 1\n\n', expected: [event('1', 'add')] },
	{
		group: 'events',
		title: 'a name holds for one event',
		input: 'event: add\ndata: 1\n\ndata: 2\n\n',
		expected: [event('1', 'add'), event('2')],
	},
	{
		group: 'events',
		title: 'fields in reverse order',
		input: 'data: 1\nid: 7\nevent: add\n\n',
		expected: [event('1', 'add')],
	},
	{
		group: 'events',
		title: 'an event without data is none, and its name is forgotten',
		input: 'event: add\n\ndata: 1\n\n',
		expected: [event('1')],
	},
	{ group: 'events', title: 'an empty name is no name', input: 'event: \ndata: 1\n\n', expected: [event('1')] },
	{
		group: 'events',
		title: 'the last name counts',
		input: 'event: a\nevent: b\ndata: 1\n\n',
		expected: [event('1', 'b')],
	},
	{
		group: 'events',
		title: 'ids, with and without NUL, and an empty one, disturb nothing',
		input: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid\ndata: c\n\nid: 3\n\ndata: d\n\n',
		expected: [event('a'), event('b'), event('c'), event('d')],
	},
	{
		group: 'events',
		title: '`retry`, good and bad, disturbs nothing',
		input: 'retry: 3000\n\nretry: 10x\ndata: a\n\nretry\nretry: -1\ndata: b\nretry: 1\n\n',
		expected: [event('a'), event('b')],
	},
];

const comments: Vector[] = [
	{
		group: 'comments',
		title: 'heartbeats',
		input: ': ping\n\n:\n\ndata: a\n\n: ping\n\n',
		expected: [event('a')],
		cutInside: false,
	},
	{ group: 'comments', title: 'inside an event', input: 'data: a\n: b\ndata: c\n\n', expected: [event('a\nc')] },
	{
		group: 'comments',
		title: 'long ones and NUL, around data',
		input: `data:1\n:\0\n:\ndata:2\n:${LONG_COMMENT}\ndata:3\n:data:fail\n:${LONG_COMMENT}\ndata:4\n\n`,
		expected: [event('1\n2\n3\n4')],
	},
	{
		group: 'comments',
		title: 'a long one first of all',
		input: `:${LONG_COMMENT}${LONG_COMMENT}${LONG_COMMENT}\ndata: a\n\n`,
		expected: [event('a')],
	},
];

const endings: Vector[] = [
	{
		group: 'end of body',
		title: 'a last event that was not finished is no event',
		input: 'data: a\n\ndata: b',
		expected: [event('a')],
		cutInside: true,
	},
	{
		group: 'end of body',
		title: 'a last line without a blank line behind it is no event',
		input: 'data: a\n\ndata: b\n',
		expected: [event('a')],
		cutInside: true,
	},
	{
		group: 'end of body',
		title: 'fields of an event that never came',
		input: 'retry:1000\ndata:test1\n\nid:test\ndata:test2',
		expected: [event('test1')],
		cutInside: true,
	},
	{
		group: 'end of body',
		title: 'an end marker inside a payload is text',
		input: 'data: {"t":"[DONE]"}\n\ndata: a\n\n',
		expected: [event('{"t":"[DONE]"}'), event('a')],
		cutInside: false,
	},
	{
		group: 'end of body',
		title: 'an end marker of its own is an event',
		input: 'data: a\n\ndata: [DONE]\n\n',
		expected: [event('a'), event('[DONE]')],
		cutInside: false,
	},
	{ group: 'end of body', title: 'an empty body', input: '', expected: [], cutInside: false },
];

const marks: Vector[] = [
	{
		group: 'byte order mark',
		title: 'one at the start is stripped',
		input: utf8([0xef, 0xbb, 0xbf], 'data: a\n\n'),
		expected: [event('a')],
	},
	{
		group: 'byte order mark',
		title: 'a second one is content',
		input: utf8([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], 'data: a\n\ndata: b\n\n'),
		expected: [event('b')],
	},
	{
		group: 'byte order mark',
		title: 'one in the middle is content',
		input: 'data: \ufeffa\n\n\ufeffdata: b\n\ndata: c\n\n',
		expected: [event('\ufeffa'), event('c')],
	},
];

const characters: Vector[] = [
	{
		group: 'UTF-8',
		title: 'Chinese, an emoji of several code points, accents',
		input: 'data: 你好，世界 👩‍🔬 é e\u0301 𠮷\n\n',
		expected: [event('你好，世界 👩‍🔬 é e\u0301 𠮷')],
	},
	{ group: 'UTF-8', title: 'NUL in data', input: 'data: a\0b\n\n', expected: [event('a\0b')] },
	{
		group: 'UTF-8',
		title: 'U+2028, U+2029, U+0085, VT and FF are no line ends',
		input: 'data: a\u2028b\u2029c\u0085d\u000be\u000cf\n\n',
		expected: [event('a\u2028b\u2029c\u0085d\u000be\u000cf')],
	},
	{
		group: 'UTF-8',
		title: 'bytes that are no UTF-8 become replacement characters, whatever charset is announced',
		input: utf8('data: a', [0xe9], 'b\n\n'),
		expected: [event('a\ufffdb')],
	},
	{
		group: 'UTF-8',
		title: 'cut off in the middle of a character',
		input: utf8('data: a\n\ndata: ', [0xe4, 0xbd]),
		expected: [event('a')],
		cutInside: true,
	},
];

const mixtures: Vector[] = [
	{
		group: 'mixed line ends',
		title: 'all three kinds in one event',
		input: 'data:test\r\ndata\ndata:test\r\n\r',
		verbatim: true,
		expected: [event('test\n\ntest')],
	},
	{
		group: 'mixed line ends',
		title: 'CR, then tab and blanks',
		input: 'data:\ttest\rdata: \ndata:test\n\n',
		verbatim: true,
		expected: [event('\ttest\n\ntest')],
	},
	{
		group: 'mixed line ends',
		title: 'a CRLF is one line end, a LF and a CR are two',
		input: 'data: a\r\ndata: b\n\rdata: c\r\n\r\n',
		verbatim: true,
		expected: [event('a\nb'), event('c')],
	},
	{
		group: 'mixed line ends',
		title: 'CR at the very end of the body',
		input: 'data: a\r\r',
		verbatim: true,
		expected: [event('a')],
		cutInside: false,
	},
	{
		group: 'mixed line ends',
		title: 'CR CR LF is two line ends',
		input: 'data: a\r\r\ndata: b\n\n',
		verbatim: true,
		expected: [event('a'), event('b')],
	},
];

export const SSE_VECTORS: Vector[] = [
	...lines,
	...fields,
	...events,
	...comments,
	...endings,
	...marks,
	...characters,
	...mixtures,
];
