import {
	type DeclarativeRestApiSettings,
	type IDataObject,
	type IExecutePaginationFunctions,
	type IHttpRequestOptions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { normaliseBaseUrl } from '../../../credentials/base-url';
import { attempt } from '../attempt';
import type { Clock } from '../clock';
import { type IdleLimit, watched } from '../http/idle-timeout';
import type { ProviderConnection } from '../http/requests';
import { explainFailure, isFoundBeforehand, REPLY_TIMEOUT_S } from './explain-failure';
import { errorMember, nodeError } from './failure-output';
import { assertNotTooMany } from './item-limit';
import type { Slot } from './item-queue';
import { n8nClock } from './n8n-clock';
import { n8nTransport } from './n8n-transport';
import type { Provider } from './provider';
import { leftByEarlierTries, runOf } from './run-memory';
import { redactor } from './secrets';

/** One item's call of an operation. */
export interface OperationCall {
	context: IExecutePaginationFunctions;
	itemIndex: number;
	provider: Provider;
	connection: ProviderConnection;
	/** How long a connection may be silent; unlimited unless it is set. */
	idle: IdleLimit;
	credentials: IDataObject;
	/** The item's place among the others of the run. */
	slot: Slot;
	/** n8n's Stop, and the end of the execution. */
	stop: AbortSignal;
	/** For requests that are answered at once: a signal for Stop and for their timeout. */
	replyDeadline(): AbortSignal;
}

type OperationHandler = (call: OperationCall) => Promise<INodeExecutionData[]>;

/** The hook of a declarative operation that takes over its request loop. */
type PaginationFunction = (
	this: IExecutePaginationFunctions,
	requestData: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;

/**
 * Makes the routing of an operation: n8n resolves the item's connection settings, the handler does the rest, and what
 * goes wrong is reported in the user's terms, as an error or as an item (README: A failure keeps what there is).
 */
export function operation(provider: Provider, handler: OperationHandler, clock: Clock = n8nClock) {
	const paginate: PaginationFunction = async function (requestData) {
		const itemIndex = this.getItemIndex();
		const pairedItem = { item: itemIndex };
		const run = runOf(this);
		const slot = run.order.join();
		/** As they were at first, and as they are with a token that was renewed since. */
		const known: { first?: IDataObject; latest?: IDataObject } = {};
		const result = await attempt(async () => {
			const credential = provider.credentialOf(this);
			const credentials: IDataObject = await this.getCredentials(credential);
			known.first = credentials;
			const options = requestData.options as IHttpRequestOptions;
			const onCredentials = (latest: IDataObject) => (known.latest = latest);
			const call = callOf(
				this,
				provider,
				credential,
				credentials,
				options,
				clock,
				AbortSignal.any([run.stop]),
				onCredentials,
			);
			const items = await handler({ ...call, slot });
			assertNotTooMany(items);
			return items;
		});
		slot.leave();
		if (result.ok) return result.value.map((item) => ({ ...item, pairedItem }));
		if (run.finished.aborted) return []; // no one is left to report to
		const redact = redactor(known);
		const failure = explainFailure(result.error, provider.name);
		// Whatever follows a question says itself what became of it.
		if (isFoundBeforehand(result.error)) {
			const { status, progress } = leftByEarlierTries(this);
			failure.details.status = status;
			failure.progress = progress;
		}
		if (this.continueOnFail()) return [{ json: { error: errorMember(failure, provider, redact) }, pairedItem }];
		throw nodeError(this, failure, itemIndex, redact);
	};
	return { send: { paginate: true }, operations: { pagination: paginate } };
}

function callOf(
	context: IExecutePaginationFunctions,
	provider: Provider,
	credential: string,
	credentials: IDataObject,
	options: IHttpRequestOptions,
	clock: Clock,
	stop: AbortSignal,
	onCredentials: (latest: IDataObject) => void,
): Omit<OperationCall, 'slot'> {
	const idle: IdleLimit = {};
	const transport = n8nTransport({
		context,
		credential,
		credentials,
		stop,
		onCredentials,
		defaults: { ...options, baseURL: normaliseBaseUrl(String(credentials.baseUrl ?? '')) },
		refreshesToken: provider.refreshesToken?.(credential),
		beforeSend: provider.beforeSend && (async (request) => await provider.beforeSend!(request, credentials)),
	});
	return {
		context,
		itemIndex: context.getItemIndex(),
		provider,
		credentials,
		connection: {
			providerName: provider.name,
			transport: watched(transport, clock, idle),
			clock,
			errorOf: provider.errorOf,
		},
		idle,
		stop,
		replyDeadline: () => AbortSignal.any([stop, clock.timeout(REPLY_TIMEOUT_S * 1000)]),
	};
}
