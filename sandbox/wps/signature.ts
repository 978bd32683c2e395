import { createHash, createHmac } from 'node:crypto';

import type { SandboxRequest } from '../request-log';

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** RFC1123, RFC1123Z and RFC850 as Go names them: the forms the published check accepts (docs/apis/wps.md §1.2). */
const DATE_FORMS = [
	RegExp(
		String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} ${MONTH} \d{4} \d{2}:\d{2}:\d{2} (?:[A-Z]{3,4}|[+-]\d{4})$`,
	),
	RegExp(String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-${MONTH}-\d{2} \d{2}:\d{2}:\d{2} [A-Z]{3,4}$`),
];

/** The request target as it is signed: from `/v7/…` or `/oauth2/…` on, query included, exactly as received. */
export function signedTarget(target: string, basePath: string): string {
	return basePath !== '' && target.startsWith(`${basePath}/`) ? target.slice(basePath.length) : target;
}

/**
 * Checks KSO-1 from what was received: raw target, raw body bytes, Content-Type and X-Kso-Date as sent
 * (docs/apis/wps.md §1.2). Like the published check, it does not look at the age of the date.
 * Returns why the signature is refused, or undefined when it is right.
 */
export function signatureProblem(
	request: Pick<SandboxRequest, 'method' | 'path' | 'headers' | 'body'>,
	keys: { accessKey: string; secretKey: string; basePath: string },
): string | undefined {
	const given = request.headers['x-kso-authorization'];
	const date = request.headers['x-kso-date'];
	if (typeof given !== 'string') return 'header X-Kso-Authorization is missing';
	if (typeof date !== 'string') return 'header X-Kso-Date is missing';
	if (!DATE_FORMS.some((form) => form.test(date))) return `X-Kso-Date has an unknown form: ${date}`;
	const [, version, accessKey, signature] = /^(\S+) ([^:]*):(.*)$/.exec(given) ?? [];
	if (version !== 'KSO-1') return 'X-Kso-Authorization does not have the form "KSO-1 accessKey:signature"';
	if (accessKey !== keys.accessKey) return `unknown access key ${accessKey}`;

	const bodyHash = request.body.length === 0 ? '' : createHash('sha256').update(request.body).digest('hex');
	const contentType = request.headers['content-type'] ?? '';
	const target = signedTarget(request.path, keys.basePath);
	const toSign = `KSO-1${request.method}${target}${contentType}${date}${bodyHash}`;
	const expected = createHmac('sha256', keys.secretKey).update(toSign, 'utf8').digest('hex');
	return signature === expected ? undefined : `signature differs; the sandbox signed this text: ${toSign}`;
}
