import type { OperationCall } from '../shared/n8n/operation';
import type { ChatTrace } from './chat-trace';
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
	traces: Map<string, ChatTrace>;
}

/** Keyed by the object that all items of a run, and n8n's retries of it, share; it is freed with the execution. */
const runs = new WeakMap<object, Map<string, WpsRun>>();

function runOf({ context }: OperationCall): WpsRun {
	const executeData = context.getExecuteData() as object;
	const byNode = runs.get(executeData) ?? new Map<string, WpsRun>();
	runs.set(executeData, byNode);
	const { name } = context.getNode();
	const run: WpsRun = byNode.get(name) ?? { addresses: new Map(), traces: new Map() };
	byNode.set(name, run);
	return run;
}

/** n8n renews a token when it sees an HTTP 401; where WPS says the same in a body, the node has to ask for it. */
async function renewToken(context: OperationCall['context']): Promise<void> {
	await context.helpers.refreshOAuth2Token.call(context, OAUTH_CREDENTIAL, { tokenType: 'Bearer' });
}

/** Which addresses are live where the current item is sent. */
export function addressesOf(call: OperationCall, appId: string): LiveAddresses {
	const { addresses } = runOf(call);
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
	return (runOf(call).renewal ??= new TokenRenewal(async () => await renewToken(context)));
}

/** What is known about the question of the current item, also from earlier tries of the node. */
export function traceOf(call: OperationCall, question: string): ChatTrace {
	const { traces } = runOf(call);
	const key = JSON.stringify([call.itemIndex, question]);
	const trace = traces.get(key) ?? {};
	traces.set(key, trace);
	return trace;
}
