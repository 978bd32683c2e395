import { randomUUID } from 'node:crypto';

/** AI-DOL's envelope as JSON text (docs/apis/aidol.md §2); success is code 10200. */
export function envelope(code: number, message: string, data: unknown = null): string {
	const traceId = randomUUID().replaceAll('-', '');
	return JSON.stringify({ code, success: code === 10200, message, data, traceId, timestamp: String(Date.now()) });
}
