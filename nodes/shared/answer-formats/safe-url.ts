/** Where a link in an e-mail may lead. Everything else (`javascript:`, `data:`, `vbscript:`, `file:`, relative…) is dropped. */
const LINK_PROTOCOLS = new Set(['http:', 'https:', 'mailto:', 'tel:']);
const IMAGE_PROTOCOLS = new Set(['http:', 'https:']);

/** What may stand in an attribute as it is: ASCII without spaces, quotes and angle brackets. */
const PLAIN_URL = /^[!#-&(-;=?-~]+$/;

/** A relative address; not a mere `#section`, and nothing that could be or hide a scheme. */
const PATH = /^[^#:&\s\p{Cc}\p{Cf}][^:&\s\p{Cc}\p{Cf}]*$/u;

const SCHEME_OF_A_LINK = /^(?:mailto:|https?:\/\/)/i;

/**
 * Parsing with the browsers' own algorithm sees through tabs, line breaks and control characters inside a scheme
 * (`java\tscript:`), which a comparison of strings would miss.
 */
function urlWith(protocols: ReadonlySet<string>, url: string): string | null {
	if (!URL.canParse(url)) return null;
	const parsed = new URL(url);
	if (!protocols.has(parsed.protocol)) return null;
	return PLAIN_URL.test(url) ? url : parsed.href;
}

/** The address for an `href` (http, https, mailto, tel; percent-encoded where needed), or null when it must not be a link. */
export function safeLinkUrl(url: string): string | null {
	return urlWith(LINK_PROTOCOLS, url);
}

/** The address for an `<img src>` (http, https), or null when the image must not be shown. */
export function safeImageUrl(url: string): string | null {
	return urlWith(IMAGE_PROTOCOLS, url);
}

/** Whether an address is worth showing to a reader: one that can be opened, or a path on the agent's side. */
export function isReadableUrl(url: string): boolean {
	return safeLinkUrl(url) !== null || PATH.test(url);
}

/** Whether a link's text already says where it leads, as in `<https://example.com>` or an e-mail address. */
export function isTextOfUrl(text: string, url: string): boolean {
	return bareAddress(text) === bareAddress(url);
}

function bareAddress(url: string): string {
	const address = url.trim().replace(SCHEME_OF_A_LINK, '').replace(/\/$/, '');
	try {
		return decodeURI(address);
	} catch {
		return address; // a stray % is not an error in a text
	}
}
