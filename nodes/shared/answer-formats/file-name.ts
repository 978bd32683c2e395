import { firstCharacters } from './characters';

/** File systems allow 255 bytes; what a node or a mail server puts before or after needs room. */
const MOST_FILE_NAME_BYTES = 180;

/** Longer texts are cut before anything is done to them: no file name needs more. */
const MOST_CHARACTERS_READ = 4_000;

/** Names that Windows keeps for devices, whatever follows the first dot. */
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/** What programs take for the kind of a file. */
const EXTENSION = /\.[\p{L}\p{N}_]{1,16}$/u;

/**
 * A file name that is safe on Windows, macOS and Linux, out of any text: the agent's, a server's or our own. Only the
 * last part of a path; no control, direction or invisible characters, nothing that a file system or a shell reads as
 * a command, no device of Windows; at most 180 bytes, the extension kept. Chinese and emoji stay as they are.
 *
 * @param fallback what stands in where the name says nothing; made safe in the same way
 */
export function safeFileName(name: string | null | undefined, fallback: string): string {
	return safeName(name ?? '') ?? safeName(fallback) ?? 'file';

	function safeName(text: string): string | null {
		const parts = unescaped(withoutQuery(text.slice(-MOST_CHARACTERS_READ))).split(/[/\\]/);
		const base =
			parts
				.map(cleaned)
				.reverse()
				.find((part) => part !== '') ?? '';
		const extension = EXTENSION.exec(base)?.[0] ?? '';
		const given = base.slice(0, base.length - extension.length);
		// `???.pdf` still says what kind of file it is.
		const stem = trimmed(given) || (text === fallback ? '' : trimmed(stemOf(cleaned(fallback))));
		if (stem === '') return base === '' ? null : bounded(trimmed(base), '');
		return bounded(stem, extension);
	}
}

/** An address that is given as a name: what is behind its path says nothing about the file. */
const withoutQuery = (name: string): string => (/^\s*https?:\/\//i.test(name) ? name.replace(/[?#].*$/s, '') : name);

/** `%E5%B9%B4%E6%8A%A5.pdf` was escaped on its way; a sign of percent among ASCII may be meant. */
function unescaped(name: string): string {
	if (!/%[89a-f][\da-f]/i.test(name)) return name;
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

/**
 * The name of the file that holds an answer: its title, the day, the extension: `Q3 report 2026-01-01.md`.
 *
 * @param date a Date, or a text that starts with an ISO day; left out of the name when it is neither
 * @param timeZone the IANA name of the zone in which the Date's day is meant (UTC when it is unknown)
 */
export function reportFileName(
	title: string,
	date: Date | string,
	extension: 'md' | 'html' | 'txt',
	timeZone = 'UTC',
): string {
	const day = dayOf(date, timeZone);
	const ending = `${day === null ? '' : ` ${day}`}.${extension}`;
	// A bar in a title separates words, not folders.
	const stem = trimmed(cleaned(title.slice(0, MOST_CHARACTERS_READ).replace(/[/\\]+/g, '-'))) || 'report';
	return bounded(stem, ending);
}

/** The day in a time zone, as `2026-01-01`; null for what is no date. */
function dayOf(date: Date | string, timeZone: string): string | null {
	if (typeof date === 'string') return /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(date)?.[0] ?? null;
	if (Number.isNaN(date.getTime())) return null;
	const parts = Object.fromEntries(
		calendarOf(timeZone)
			.formatToParts(date)
			.map(({ type, value }) => [type, value]),
	);
	return `${parts['year']?.padStart(4, '0')}-${parts['month']}-${parts['day']}`;
}

function calendarOf(timeZone: string): Intl.DateTimeFormat {
	const parts = {
		calendar: 'gregory',
		numberingSystem: 'latn',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	} as const;
	try {
		return new Intl.DateTimeFormat('en-US', { ...parts, timeZone });
	} catch {
		return new Intl.DateTimeFormat('en-US', { ...parts, timeZone: 'UTC' }); // a zone that this Node.js does not know
	}
}

/** Without what no name may contain. */
function cleaned(text: string): string {
	return text
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
		.replace(/(?![\u200C\u200D])[\p{Cf}\p{Cs}\u115F\u1160\u3164\uFFA0\uFFFE\uFFFF]+/gu, '') // joiners hold emoji together
		.replace(/[/\\:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^ +|[-. \u200C\u200D]+$/g, '');
}

/** Nothing hidden at the beginning, nothing that reads as an option; Windows drops dots and blanks at the end. */
function trimmed(stem: string): string {
	return stem.replace(/^[-. ~\u200C\u200D]+|[-. \u200C\u200D]+$/g, '');
}

function stemOf(name: string): string {
	return name.replace(EXTENSION, '');
}

function bounded(stem: string, ending: string): string {
	const cut = cutToBytes(stem, MOST_FILE_NAME_BYTES - 1 - byteLength(ending)).replace(/[. ]+$/, '') || 'file';
	const beforeFirstDot = (cut + ending).split('.')[0]!.trim();
	return `${RESERVED_ON_WINDOWS.test(beforeFirstDot) ? '_' : ''}${cut}${ending}`;
}

function cutToBytes(text: string, bytes: number): string {
	let kept = '';
	let left = bytes;
	for (const character of firstCharacters(text, bytes)) {
		left -= byteLength(character);
		if (left < 0) break;
		kept += character;
	}
	return kept;
}

function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}
