import { decodeExtended, parse } from 'content-disposition';

/**
 * The file name in a `Content-Disposition` header, `filename*` before `filename` (RFC 6266, RFC 8187), and in the forms
 * that servers really send: raw UTF-8 or GBK, percent signs without a `*`, a `*` without a character set, single quotes,
 * no word in front, quotes without their end, the encoded words of e-mail. It is as the server
 * chose it, so it is not safe yet. Undefined where the header has none that can be read.
 *
 * @param header as Node.js hands it over: one character for each byte
 */
export function dispositionFileName(header: string | undefined): string | undefined {
	if (!header) return undefined;
	const { 'filename*': extended = '', filename = '' } = parse(mended(header)).parameters;
	return nonEmpty(extendedName(extended)) ?? nonEmpty(plainName(filename));
}

/** What the library does not read: no word in front, an extended name without a name, a quote without its end. */
function mended(header: string): string {
	const typed = /^\s*filename\*?\s*=/i.test(header) ? `attachment; ${header}` : header;
	const named = typed.replace(/;\s*filename\*\s*=\s*"?[\w-]*'[^']*'"?\s*(?=;|$)/i, '');
	return (named.match(/(?<!\\)"/g) ?? []).length % 2 === 1 ? `${named}"` : named;
}

const nonEmpty = (name: string | undefined): string | undefined => name?.trim() || undefined;

/** The library reads UTF-8 and Latin-1 that stand without quotes; others write the rest. */
function extendedName(text: string): string | undefined {
	// What is not ASCII must be escaped in it; where it is not, it is read like any other name.
	const isEscaped = /^[\x20-\x7e]*$/.test(text);
	const known = isEscaped ? decodeExtended(text) : undefined;
	if (known !== undefined) return known;
	const [, charset, encoded] = /^([\w-]+)(?:'[^']*'|%27[^']*%27)(.+)$/i.exec(text) ?? [];
	if (charset === undefined) return /%[\da-f]{2}|[^\x20-\x7e]/i.test(text) ? plainName(text) : undefined;
	return isEscaped ? decoded(percentBytes(encoded!), charset) : plainName(encoded!);
}

function plainName(text: string): string | undefined {
	const name = fromRawBytes(fromEncodedWords(text)).replace(/^'(.+)'$/, '$1');
	const unescaped = /%[\da-f]{2}/i.test(name) ? decoded(percentBytes(name), 'utf-8') : undefined;
	// Bytes that are no text, and what another program has put in their place.
	return unescaped ?? (/[\u0080-\u009f\ufffd]/.test(name) ? undefined : name);
}

/** Two or more Chinese characters in GBK, of two bytes each; an accented letter of Latin-1 rarely has another beside it. */
const GBK = /^(?:[^\u0080-\u00ff]|(?:[\u00a1-\u00fe][\u00a1-\u00fe]){2,})+$/;

/** Raw UTF-8 or GBK, one character for each byte, as text; any other name stays as it is. */
function fromRawBytes(name: string): string {
	if (!/[\u0080-\u00ff]/.test(name) || /[^\p{ASCII}\u0080-\u00ff]/u.test(name)) return name;
	const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
	return decoded(bytes, 'utf-8') ?? (GBK.test(name) ? decoded(bytes, 'gbk') : undefined) ?? name;
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
