import type { IDataObject } from 'n8n-workflow';
import { CredentialMistake } from './credential-mistake';

/**
 * A credential field as the value of an HTTP header: exactly the text that is sent.
 *
 * n8n's HTTP client silently drops what a header cannot carry (line breaks, every character beyond Latin-1: a user ID
 * of Chinese characters would go out empty), and what a server makes of the bytes 80–FF differs from server to server.
 * A signature over the original text would then never match, so such values are refused before anything is sent.
 *
 * @param label the field's name in the credential form
 * @returns the value without white space around it
 * @throws CredentialMistake when it is empty or has anything but printable ASCII; the message never repeats the value
 */
export function headerValue(label: string, value: unknown): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (text === '') throw new CredentialMistake(`${label} is empty. Enter it in the credential.`);
	if (/[\r\n]/.test(text)) {
		throw new CredentialMistake(`${label} contains a line break. Paste it into the credential again as a single line.`);
	}
	if (!/^[\x20-\x7e]+$/.test(text)) {
		throw new CredentialMistake(`${label} may contain only English letters, digits, spaces and common punctuation.`, {
			description: `${label} travels in an HTTP header, which cannot carry other characters reliably. Use a spelling without them, for example an account name, an email address or a number.`,
		});
	}
	return text;
}

/** The value of an `Authorization` header; a copied `Bearer ` in front of the token is not doubled. */
export function bearer(label: string, token: unknown): string {
	return `Bearer ${headerValue(label, headerValue(label, token).replace(/^Bearer(\s+|$)/i, ''))}`;
}

/** The value of a header whatever its spelling, or undefined. */
export function headerOf(headers: IDataObject | undefined, name: string): string | undefined {
	const entry = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
	return entry?.[1] === undefined || entry[1] === null ? undefined : String(entry[1]);
}

/** The headers with some set; those of the same name in another spelling are replaced, not doubled. */
export function headersWith(headers: IDataObject | undefined, added: Record<string, string>): IDataObject {
	const replaced = new Set(Object.keys(added).map((name) => name.toLowerCase()));
	const kept = Object.entries(headers ?? {}).filter(([name]) => !replaced.has(name.toLowerCase()));
	return { ...Object.fromEntries(kept), ...added };
}
