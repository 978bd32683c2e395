import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { follow, type FollowedAnswer, type FollowOptions } from '../../nodes/shared/following/follow';
import { watched } from '../../nodes/shared/http/idle-timeout';
import type { ProviderConnection } from '../../nodes/shared/http/requests';
import type { ChatTrace } from '../../nodes/WpsAgent/chat-trace';
import { LiveAddresses } from '../../nodes/WpsAgent/live-addresses';
import { WpsAnswerSource } from '../../nodes/WpsAgent/wps-answer-source';
import { WpsApi } from '../../nodes/WpsAgent/wps-api';
import { type Beforehand, questionAfter } from '../following/question';
import type { ScriptedWps } from './scripted-wps';

export const QUESTION = { text: 'What is the answer?', files: [], variables: [] };

export interface Following {
	options?: Partial<FollowOptions> & Beforehand;
	trace?: ChatTrace;
	/** False for an answer that is collected. */
	asks?: boolean;
	/** The text of the question that is collected, where it is given. */
	question?: string;
	/** Nobody waits for the answer. */
	isUnawaited?: boolean;
	addresses?: LiveAddresses;
	idleTimeoutMs?: number;
}

const watchedBy = ({ connection, clock }: ScriptedWps, ms: number): ProviderConnection => ({
	...connection,
	transport: watched(connection.transport, clock, { ms }),
});

export const sourceOf = (
	wps: ScriptedWps,
	{ trace = {}, asks = true, question, isUnawaited = false, addresses, idleTimeoutMs = 120_000 }: Following = {},
): WpsAnswerSource =>
	new WpsAnswerSource(
		{
			api: new WpsApi(watchedBy(wps, idleTimeoutMs), 'app1', addresses ?? new LiveAddresses('apps')),
			clock: wps.clock,
			trace,
			idleTimeoutMs,
		},
		asks ? { question: QUESTION, isStreamed: !isUnawaited } : { question },
	);

/** Follows an answer of the scripted WPS in the existing conversation `s1`. */
export async function followWps(wps: ScriptedWps, following: Following = {}): Promise<FollowedAnswer> {
	const {
		ids = { conversationId: 's1' },
		asked = following.asks === false ? 'yes' : 'no',
		...options
	} = following.options ?? {};
	return await follow(sourceOf(wps, following), {
		clock: wps.clock,
		maxDurationMs: 1_800_000,
		lookUpPatienceMs: 30_000,
		onTimeout: 'leaveRunning',
		keepSteps: false,
		keepEvents: false,
		question: questionAfter({ ids, asked }),
		...options,
	});
}

/** The failure that following ends with. */
export async function failureOf(following: Promise<unknown>): Promise<ConversationFailure> {
	const outcome = await following.then(
		(value) => new Error(`no failure but ${JSON.stringify(value)}`),
		(error: unknown) => error,
	);
	if (outcome instanceof ConversationFailure) return outcome;
	throw outcome;
}
