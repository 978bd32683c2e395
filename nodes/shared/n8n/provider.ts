import type { IDataObject, IExecuteSingleFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { ComplaintReader } from '../http/requests';

/** A provider, as the operations of its node need to know it. */
export interface Provider {
	/** Value of `provider` in output items, like `reportify`. */
	id: string;
	/** Name in messages, like `Reportify`. */
	name: string;
	/** The credential type that an item uses. */
	credentialOf(context: IExecuteSingleFunctions): string;
	/** The credential refreshes its token when n8n's HTTP client reports a 401. */
	refreshesToken?(credential: string): boolean;
	complaintOf: ComplaintReader;
	/** The last change to each request before it is sent: signatures. */
	finish?(options: IHttpRequestOptions, credentials: IDataObject): Promise<IHttpRequestOptions>;
}
