import type { OperationCall } from '../shared/n8n/operation';
import { perRun } from '../shared/n8n/per-run';
import type { ChatMemo } from './chat-memo';
import { LiveAddresses } from './live-addresses';
import { TokenRenewal } from './token-renewal';

/** Name of the credential that can renew its token. */
export const OAUTH_CREDENTIAL = 'wpsOAuth2Api';

/** What the items of one run of a node share. */
interface WpsRun {
	/** By base URL and app. */
	addresses: Map<string, LiveAddresses>;
	renewal?: TokenRenewal;
	/** By item and question. */
	memos: Map<string, ChatMemo>;
}

const runOf = perRun((): WpsRun => ({ addresses: new Map(), memos: new Map() }));

/** n8n renews a token when it sees an HTTP 401; where WPS says the same in a body, the node has to ask for it. */
async function renewToken(context: OperationCall['context']): Promise<void> {
	await context.helpers.refreshOAuth2Token.call(context, OAUTH_CREDENTIAL, { tokenType: 'Bearer' });
}

/** Which addresses are live where the current item is sent. */
export function addressesOf(call: OperationCall, appId: string): LiveAddresses {
	const { addresses } = runOf(call.context);
	const { baseUrl, apiGeneration } = call.credentials;
	const key = JSON.stringify([baseUrl, apiGeneration, appId]);
	const known = addresses.get(key) ?? new LiveAddresses(String(apiGeneration ?? 'auto'));
	addresses.set(key, known);
	return known;
}

/** Renews the token of the current item's credential; undefined where that is not possible. */
export function renewalOf(call: OperationCall): TokenRenewal | undefined {
	const { context, provider } = call;
	if (provider.credentialOf(context) !== OAUTH_CREDENTIAL) return undefined;
	if (!('refreshOAuth2Token' in context.helpers)) return undefined; // n8n before 1.123
	return (runOf(context).renewal ??= new TokenRenewal(async () => await renewToken(context)));
}

/** What is known about the question of the current item, also from earlier tries of the node. */
export function memoOf(call: OperationCall, question: string): ChatMemo {
	const { memos } = runOf(call.context);
	const key = JSON.stringify([call.itemIndex, question]);
	const memo = memos.get(key) ?? {};
	memos.set(key, memo);
	return memo;
}
