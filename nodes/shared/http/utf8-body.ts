import { ConversationFailure } from '../failures/conversation-failure';
import type { HttpReply } from './transport';

const UTF8 = /^(?:utf-?8|us-ascii|ascii)$/i;
const UTF16 = /^utf-?16/i;
/** In these, two bytes that make a character may look like one of UTF-8 by chance; three hardly ever do. */
const OF_TWO_BYTES = /^(?:gb|big5|shift|sjis|euc|ks_c|windows-9|ms9)/i;

type Recoder = Pick<InstanceType<typeof TextDecoder>, 'decode'>;

const charsetOf = ({ headers }: HttpReply): string | undefined =>
	/;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(headers['content-type'] ?? '')?.[1];

/**
 * The body of a reply as UTF-8, which all readers expect, whatever character set its content type names. Content types
 * also lie, so the bytes decide: what is UTF-8 passes unchanged.
 *
 * @param providerName for the message of the error that reading throws for an unknown character set
 */
export function utf8Body(reply: HttpReply, providerName: string): AsyncIterable<Uint8Array> {
	const charset = charsetOf(reply);
	return charset === undefined || UTF8.test(charset) ? reply.body : recoded(reply.body, charset, providerName);
}

async function* recoded(
	body: AsyncIterable<Uint8Array>,
	charset: string,
	providerName: string,
): AsyncGenerator<Uint8Array> {
	const encoder = new TextEncoder();
	let decoder: Recoder | 'none' | undefined;
	for await (const bytes of body) {
		// English letters prove nothing: they are the same in all character sets.
		if (decoder === undefined && bytes.some((byte) => byte >= 0x80 || byte === 0)) {
			decoder = isUtf8(bytes, charset) ? 'none' : decoderFor(charset, providerName);
		}
		yield decoder !== undefined && decoder !== 'none' ? encoder.encode(decoder.decode(bytes, { stream: true })) : bytes;
	}
	if (decoder !== undefined && decoder !== 'none') yield encoder.encode(decoder.decode());
}

/** The beginning of a body is UTF-8, though its content type says otherwise. */
function isUtf8(bytes: Uint8Array, charset: string): boolean {
	if (UTF16.test(charset)) return !bytes.includes(0); // it has one beside each English letter
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
		return (OF_TWO_BYTES.test(charset) ? /[\u0800-\uffff]/ : /[\u0080-\uffff]/).test(text);
	} catch {
		return false;
	}
}

function decoderFor(charset: string, providerName: string): Recoder {
	const decoder = attemptDecoder(charset);
	if (decoder) return decoder;
	throw new ConversationFailure(`${providerName} wrote its answer in a character set that cannot be read`, {
		code: 'unknown_charset',
		hint: 'This is on the side of the provider. Ask it for UTF-8.',
		technicalText: `the character set is "${charset.slice(0, 40)}"`,
	});
}

function attemptDecoder(charset: string): Recoder | undefined {
	try {
		return new TextDecoder(charset);
	} catch {
		return undefined;
	}
}
