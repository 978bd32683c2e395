import {
	type IDataObject,
	type IExecuteSingleFunctions,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	NodeOperationError,
} from 'n8n-workflow';
import { normaliseBaseUrl } from '../../../credentials/base-url';
import { attempt } from '../attempt';
import { lateReply } from '../http/no-reply';
import type { ProviderConnection } from '../http/requests';
import { explainFailure } from './explain-failure';
import { n8nClock } from './n8n-clock';
import { n8nTransport } from './n8n-transport';
import type { Provider } from './provider';
import { redactor } from './secrets';

/** What a list of the editor is made with. */
export interface ListSearch {
	context: ILoadOptionsFunctions;
	credentials: IDataObject;
	connection: ProviderConnection;
	/** What the user is looking for, in lower case; empty for everything. */
	filter: string;
}

/** A user is waiting for the list. Seconds. */
const PATIENCE_S = 30;

/**
 * Makes the search of a resource locator. Errors have the wording of the operations, hint included: the editor
 * shows the message and nothing else.
 *
 * @param credentialOf name of the credential that is chosen in the form
 */
export const listSearch = (
	provider: Provider,
	credentialOf: (context: ILoadOptionsFunctions) => string,
	search: (list: ListSearch, signal: AbortSignal) => Promise<INodeListSearchResult>,
) =>
	async function (this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const known: { credentials?: IDataObject; latest?: IDataObject } = {};
		const found = await attempt(async () => {
			const patience = n8nClock.timeout(PATIENCE_S * 1000);
			const credential = credentialOf(this);
			const credentials: IDataObject = await this.getCredentials(credential);
			known.credentials = credentials;
			const transport = n8nTransport({
				stop: patience,
				context: this as unknown as IExecuteSingleFunctions,
				credential,
				credentials,
				onCredentials: (latest) => (known.latest = latest),
				defaults: { url: '', baseURL: normaliseBaseUrl(String(credentials.baseUrl ?? '')) },
				refreshesToken: provider.refreshesToken?.(credential),
				beforeSend: provider.beforeSend && (async (request) => await provider.beforeSend!(request, credentials)),
			});
			const connection = { providerName: provider.name, transport, clock: n8nClock, errorOf: provider.errorOf };
			const list = { context: this, credentials, connection, filter: filter.trim().toLowerCase() };
			return await search(list, patience);
		});
		if (found.ok) return found.value;
		const isLate = found.error instanceof Error && found.error.name === 'TimeoutError';
		const late = lateReply(provider.name, PATIENCE_S);
		const { message, details } = isLate ? late : explainFailure(found.error, provider.name);
		const said = details.providerText ? ` ${provider.name} says: ${details.providerText}` : '';
		throw new NodeOperationError(
			this.getNode(),
			readableInList(redactor(known)(`${message}. ${details.hint}${said}`, true)),
		);
	};

/** The editor takes hyphens and dashes in what a list says for separators and leaves them out: "AI DOL". Not this one. */
const readableInList = (text: string): string => text.replace(/[-–—]/g, '\u2011');
