import type { StreamEvent } from './events';

const json = (event: StreamEvent) => JSON.stringify(event);
const escaped = (event: StreamEvent) =>
	json(event).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const pretty = (event: StreamEvent) => JSON.stringify(event, null, 2);
const all = (events: StreamEvent[], frame: (event: StreamEvent) => string) => events.map(frame).join('');

/** Every way of writing a stream that a client has to read (`docs/apis/wps.md §5.5`). */
export const FRAMINGS: Record<string, (events: StreamEvent[]) => string> = {
	'blocks, as Langflow writes them': (events) => all(events, (event) => `${escaped(event)}\n\n`),
	'blocks in raw UTF-8': (events) => all(events, (event) => `${json(event)}\n\n`),
	'blocks with CR LF': (events) => all(events, (event) => `${json(event)}\r\n\r\n`),
	lines: (events) => all(events, (event) => `${json(event)}\n`),
	'lines with CR LF': (events) => all(events, (event) => `${json(event)}\r\n`),
	'several objects on a line': (events) => all(events, json),
	'the last object without a line end': (events) => events.map(json).join('\n\n'),
	'pretty-printed': (events) => all(events, (event) => `${pretty(event)}\n\n`),
	'a byte order mark in front': (events) => `\ufeff${all(events, (event) => `${json(event)}\n\n`)}`,
	'server-sent events': (events) => all(events, (event) => `data: ${json(event)}\n\n`),
	'without a blank after the colon': (events) => all(events, (event) => `data:${json(event)}\n\n`),
	'with CR LF': (events) => all(events, (event) => `data: ${json(event)}\r\n\r\n`),
	'with CR alone': (events) => all(events, (event) => `data: ${json(event)}\r\r`),
	'with a byte order mark': (events) => `\ufeff${all(events, (event) => `data: ${json(event)}\n\n`)}`,
	'with all kinds of lines': (events) =>
		`: hello\n\n${all(events, (event) => `id: 7\nevent:message\nretry: 3000\ndata: ${json(event)}\n: ping\n\n`)}`,
	'with multi-line data': (events) =>
		all(
			events,
			(event) =>
				`${pretty(event)
					.split('\n')
					.map((line) => `data: ${line}\n`)
					.join('')}\n`,
		),
	'the name on a line of its own, the data alone': (events) =>
		all(events, ({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
	'the name on a line of its own, beside data': (events) =>
		all(events, ({ event, data }) => `event: ${event}\ndata: ${JSON.stringify({ data })}\n\n`),
	'data as JSON text': (events) =>
		all(events, ({ event, data }) => `${JSON.stringify({ event, data: JSON.stringify(data) })}\n\n`),
	'the event as JSON text': (events) => all(events, (event) => `data: ${JSON.stringify(json(event))}\n\n`),
	'several events in one': (events) => `data: ${events.map(json).join('\ndata: ')}\n\n`,
	'a data prefix here and there': (events) =>
		events.map((event, n) => `${n % 2 === 1 ? 'data: ' : ''}${json(event)}\n\n`).join(''),
	'[DONE] instead of the end': (events) => `${all(events.slice(0, -1), (event) => `${json(event)}\n\n`)}[DONE]\n`,
	'[DONE] instead of the end, as an event': (events) =>
		`${all(events.slice(0, -1), (event) => `data: ${json(event)}\n\n`)}data: [DONE]\n\n`,
	'[DONE] behind the end': (events) => `${all(events, (event) => `data:${json(event)}\n\n`)}data:[DONE]\n\n`,
	'unknown events in between': (events) =>
		all(events, (event) => `${json(event)}\n\n{"event":"heartbeat"}\n\n{"event":"new_in_2027","data":[1]}\n\n`),
};
