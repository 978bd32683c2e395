import { AiDolAnswerSource } from '../../nodes/AiDol/aidol-answer-source';
import { AiDolApi } from '../../nodes/AiDol/aidol-api';
import { aiDolError } from '../../nodes/AiDol/aidol-error';
import { textPath } from '../../nodes/AiDol/event-text';
import type { Clock } from '../../nodes/shared/clock';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { follow, type FollowedAnswer, type FollowOptions } from '../../nodes/shared/following/follow';
import { Question } from '../../nodes/shared/following/question';
import type { ProviderConnection } from '../../nodes/shared/http/requests';
import type { HttpReply, HttpRequest } from '../../nodes/shared/http/transport';

/** Time stands still: nothing times out, and nothing that sleeps wakes up unless it is told to. */
const stillClock: Clock = {
	now: () => 0,
	ticks: () => 0,
	sleep: async (_ms, signal) => {
		await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
	},
	timeout: () => new AbortController().signal,
	random: () => 0,
};

/** A connection to nowhere: every request gets this reply. */
export function connectionTo(reply: (request: HttpRequest) => HttpReply): ProviderConnection {
	return {
		providerName: 'AI-DOL',
		clock: stillClock,
		errorOf: aiDolError,
		transport: async (request) => await Promise.resolve(reply(request)),
	};
}

/** A whole JSON reply. */
export const jsonReply = (body: unknown, status = 200): HttpReply => ({
	status,
	headers: { 'content-type': 'application/json' },
	body: bytesOf([Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))], 'clean'),
});

export type BodyEnd = 'clean' | 'broken';

/** A body that arrives in these pieces, and then ends or breaks. */
async function* bytesOf(pieces: Uint8Array[], end: BodyEnd): AsyncGenerator<Uint8Array> {
	for (const piece of pieces) yield await Promise.resolve(piece);
	if (end === 'broken') throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/** What came of a replayed body. */
export type Replayed =
	{ answer: FollowedAnswer; failure?: undefined } | { answer?: undefined; failure: ConversationFailure };

/** Asks a question whose answer is this body, and follows it as the node does. */
export async function replay(
	body: string | Uint8Array | Uint8Array[],
	end: BodyEnd = 'clean',
	options: Partial<FollowOptions> = {},
	textField?: string,
	contentType = 'text/event-stream',
): Promise<Replayed> {
	const pieces = typeof body === 'string' ? [Buffer.from(body)] : Array.isArray(body) ? body : [body];
	const connection = connectionTo(() => ({
		status: 200,
		headers: { 'content-type': contentType },
		body: bytesOf(pieces, end),
	}));
	const source = new AiDolAnswerSource(
		new AiDolApi(connection),
		{ agentId: 'agent', text: 'question' },
		textField === undefined ? undefined : textPath(textField),
	);
	try {
		const answer = await follow(source, {
			clock: stillClock,
			maxDurationMs: 1_800_000,
			lookUpPatienceMs: 30_000,
			onTimeout: 'leaveRunning',
			keepSteps: true,
			keepEvents: true,
			question: new Question({ conversationId: 'conversation' }),
			...options,
		});
		return { answer };
	} catch (error) {
		if (error instanceof ConversationFailure) return { failure: error };
		throw error;
	}
}

/** Server-sent events without names. */
export const sse = (...payloads: unknown[]): string => payloads.map((each) => `data: ${textOf(each)}\n\n`).join('');
/** One value per line. */
export const lines = (...payloads: unknown[]): string => payloads.map((each) => `${textOf(each)}\n`).join('');

const textOf = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload));
