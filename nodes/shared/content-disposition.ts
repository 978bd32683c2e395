import { decodeExtended, parse } from 'content-disposition';

/**
 * The file name in a `Content-Disposition` header, `filename*` before `filename` (RFC 6266, RFC 8187), and in the forms
 * that servers really send: raw UTF-8, percent signs without a `*`, the encoded words of e-mail. It is as the server
 * chose it, so it is not safe yet. Undefined where the header has none that can be read.
 *
 * @param header as Node.js hands it over: one character for each byte
 */
export function dispositionFileName(header: string | undefined): string | undefined {
	if (!header) return undefined;
	const { 'filename*': extended = '', filename } = parse(header).parameters;
	const name = extendedName(extended) ?? (filename === undefined ? undefined : plainName(filename));
	return name?.trim() || undefined;
}

/** The library reads UTF-8 and Latin-1 that stand without quotes; others write the rest. */
function extendedName(text: string): string | undefined {
	const known = decodeExtended(text);
	if (known !== undefined) return known;
	const [, charset, encoded] = /^([\w-]+)'[^']*'(.+)$/.exec(text) ?? [];
	return charset === undefined ? undefined : decoded(percentBytes(encoded!), charset);
}

function plainName(text: string): string | undefined {
	const name = fromUtf8(fromEncodedWords(text));
	const unescaped = /%[\da-f]{2}/i.test(name) ? decoded(percentBytes(name), 'utf-8') : undefined;
	// Bytes that are no text, and what another program has put in their place.
	return unescaped ?? (/[\u0080-\u009f\ufffd]/.test(name) ? undefined : name);
}

/** Raw UTF-8, one character for each byte, as text; any other name stays as it is. */
function fromUtf8(name: string): string {
	if (!/[\u0080-\u00ff]/.test(name) || /[^\p{ASCII}\u0080-\u00ff]/u.test(name)) return name;
	return (
		decoded(
			Uint8Array.from(name, (character) => character.charCodeAt(0)),
			'utf-8',
		) ?? name
	);
}

/** `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=` (RFC 2047); blanks between two of them do not count. */
const ENCODED_WORD = /=\?([\w-]+)(?:\*[\w-]*)?\?([bq])\?([^?\s]*)\?=/gi;

function fromEncodedWords(name: string): string {
	return name
		.replace(/\?=\s+=\?/g, '?==?')
		.replace(ENCODED_WORD, (word, charset: string, kind: string, text: string) => {
			const bytes = kind.toLowerCase() === 'b' ? base64Bytes(text) : percentBytes(quotedAsPercent(text));
			return (bytes && decoded(bytes, charset)) ?? word;
		});
}

const quotedAsPercent = (text: string) => text.replace(/_/g, ' ').replace(/%/g, '%25').replace(/=/g, '%');

function base64Bytes(text: string): Uint8Array | undefined {
	if (!/^[a-z\d+/]+={0,2}$/i.test(text)) return undefined;
	return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The bytes of a text in which `%E5` stands for one byte. */
function percentBytes(text: string): Uint8Array {
	const parts = text.split(/%([\da-f]{2})/i);
	const encoder = new TextEncoder();
	return Uint8Array.from(
		parts.flatMap((part, index) => (index % 2 === 1 ? [Number.parseInt(part, 16)] : [...encoder.encode(part)])),
	);
}

/** Undefined for an unknown character set, and for bytes that are no text in it. */
function decoded(bytes: Uint8Array, charset: string): string | undefined {
	try {
		return new TextDecoder(charset, { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}
