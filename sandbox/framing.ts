import { z } from 'zod';

import type { EventStream, WireEvent } from './provider';

/**
 * How events are written on the wire. The defaults are plain SSE as in docs/apis/reportify.md §3a; the other values are
 * what a robust client must accept as well (docs/apis/reportify.md §10, 9, docs/apis/wps.md §5.5).
 */
export const FramingSettings = z
	.object({
		/** `sse`: `data: {…}`; `sse-event`: an `event:` line too; `lines`: bare JSON per line; `blocks`: bare JSON and an
		 * empty line (what Langflow sends); `pretty`: bare JSON over several lines and an empty line. */
		form: z.enum(['sse', 'sse-event', 'lines', 'blocks', 'pretty']).default('sse'),
		/** Line ending. */
		eol: z.enum(['\n', '\r\n', '\r']).default('\n'),
		/** Blank after `data:`. */
		space: z.boolean().default(true),
		/** UTF-8 byte order mark before everything. */
		bom: z.boolean().default(false),
		/** A `[DONE]` line after the last event. */
		done: z.boolean().default(false),
		/** An `id:` and a `retry:` line with each event. */
		extraFields: z.boolean().default(false),
		/** Write everything outside ASCII as \uXXXX, as Python's json.dumps does. */
		escape: z.boolean().default(false),
	})
	.strict();
export type FramingSettings = z.infer<typeof FramingSettings>;

/** Written byte by byte: a test sends millions of characters. */
function escapeNonAscii(json: string): string {
	const bytes = Buffer.allocUnsafe(json.length * 6);
	let length = 0;
	for (let at = 0; at < json.length; at++) {
		const unit = json.charCodeAt(at);
		if (unit < 0x80) {
			bytes[length++] = unit;
			continue;
		}
		bytes[length++] = BACKSLASH;
		bytes[length++] = LETTER_U;
		for (let shift = 12; shift >= 0; shift -= 4) bytes[length++] = HEX.charCodeAt((unit >> shift) & 0xf);
	}
	return bytes.toString('latin1', 0, length);
}

const [BACKSLASH, LETTER_U] = [0x5c, 0x75];
const HEX = '0123456789abcdef';

function prettyPrint(json: string, eol: string): string {
	try {
		return JSON.stringify(JSON.parse(json), null, 2).replaceAll('\n', eol);
	} catch {
		return json;
	}
}

/** The framing part of an `EventStream` for the given settings. */
export function framing(settings: FramingSettings): Omit<EventStream, 'events'> {
	const { form, eol } = settings;
	const isSse = form === 'sse' || form === 'sse-event';
	const field = (name: string, value: string) => `${name}:${settings.space ? ' ' : ''}${value}${eol}`;
	let count = 0;

	function frame(event: WireEvent): string {
		const json = settings.escape ? escapeNonAscii(event.json) : event.json;
		if (form === 'lines') return json + eol;
		if (form === 'blocks') return json + eol + eol;
		if (form === 'pretty') return prettyPrint(json, eol) + eol + eol;
		const extra = settings.extraFields ? field('id', String(++count)) + field('retry', '3000') : '';
		const name = form === 'sse-event' && event.name !== undefined ? field('event', event.name) : '';
		const data = json
			.split(/\r\n|\r|\n/)
			.map((line) => field('data', line))
			.join('');
		return extra + name + data + eol;
	}

	return {
		frame,
		heartbeat: isSse ? `: keep-alive${eol}${eol}` : eol,
		opening: settings.bom ? '\ufeff' : undefined,
		closing: settings.done ? (isSse ? field('data', '[DONE]') + eol : `[DONE]${eol}`) : undefined,
	};
}

/** Content type that goes with a framing. */
export function contentTypeOf(settings: FramingSettings): string {
	return settings.form.startsWith('sse') ? 'text/event-stream' : 'application/x-ndjson';
}
