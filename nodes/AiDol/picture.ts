import { ConversationFailure } from '../shared/failures/conversation-failure';
import type { JsonValue } from '../shared/json/json';

/** A picture as it was sent. */
export interface Picture {
	bytes: Uint8Array;
	mimeType: string;
	/** Without a dot. */
	extension: string;
}

interface ImageKind {
	mimeType: string;
	extension: string;
	/** How such a file begins; a dot is any byte. */
	beginning: RegExp;
}

const KINDS: ImageKind[] = [
	{ mimeType: 'image/png', extension: 'png', beginning: /^\x89PNG\r\n/ },
	{ mimeType: 'image/jpeg', extension: 'jpg', beginning: /^\xff\xd8\xff/ },
	{ mimeType: 'image/gif', extension: 'gif', beginning: /^GIF8[79]a/ },
	{ mimeType: 'image/webp', extension: 'webp', beginning: /^RIFF[\s\S]{4}WEBP/ },
	{ mimeType: 'image/avif', extension: 'avif', beginning: /^[\s\S]{4}ftypavi[fs]/ },
	{ mimeType: 'image/bmp', extension: 'bmp', beginning: /^BM/ },
];

const DATA_URL = /^data:([^;,\s]*)((?:;[^;,]*)*),/i;

/**
 * The picture in a data URL (`data:image/png;base64,…`, docs/apis/aidol.md §5). Its type is what its bytes say, where
 * they are known.
 *
 * @throws ConversationFailure when it is none
 */
export function pictureIn(value: JsonValue | undefined): Picture {
	const url = typeof value === 'string' ? value.trim() : '';
	const head = DATA_URL.exec(url);
	// ASSUMPTION: the same without its head, where the bytes show that it is a picture.
	const base64 = head ? unescaped(url.slice(head[0].length)) : url;
	const bytes = head && !/;base64$/i.test(head[2] as string) ? undefined : bytesOf(base64);
	const kind = bytes && kindOf(bytes);
	const declared = /^image\/[\w.+-]+$/i.exec(head?.[1] ?? '')?.[0].toLowerCase();
	if (!bytes || (!kind && (declared === undefined || isKnown(declared)))) throw noPicture(url, value);
	const mimeType = kind?.mimeType ?? (declared as string);
	return { bytes, mimeType, extension: kind?.extension ?? extensionOf(mimeType) };
}

/** A type whose bytes would be recognised: what has others is a page or an error under a wrong name. */
const isKnown = (declared: string): boolean =>
	declared === 'image/jpg' || KINDS.some(({ mimeType }) => mimeType === declared);

/** In an address `+`, `/` and `=` may be escaped. */
const unescaped = (base64: string): string =>
	base64.replace(/%(2b|2f|3d|0a|0d|20)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

function bytesOf(base64: string): Uint8Array | undefined {
	const text = base64.replace(/\s+/g, '');
	if (text === '' || text.length % 4 === 1 || !/^[\w+/-]*={0,2}$/.test(text)) return undefined;
	return Buffer.from(text, 'base64');
}

function kindOf(bytes: Uint8Array): ImageKind | undefined {
	const beginning = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
	return KINDS.find((kind) => kind.beginning.test(beginning));
}

/** `image/svg+xml` → `svg` */
const extensionOf = (mimeType: string): string => /^image\/(?:x-)?([a-z0-9]+)/.exec(mimeType)?.[1] ?? 'img';

function noPicture(url: string, value: JsonValue | undefined): ConversationFailure {
	const shown = typeof value === 'string' ? url.slice(0, 80) : JSON.stringify(value ?? null).slice(0, 80);
	return new ConversationFailure('AI-DOL answered without a picture that can be read', {
		code: 'no_picture',
		hint: 'The picture may have been made and counted all the same. Report what AI-DOL sent to the makers of this node.',
		providerText: shown === '' ? undefined : shown,
	});
}
