import {
	type DeclarativeRestApiSettings,
	type IDataObject,
	type IExecutePaginationFunctions,
	type IHttpRequestOptions,
	type INodeExecutionData,
	type JsonObject as N8nJsonObject,
	NodeApiError,
} from 'n8n-workflow';
import { normaliseBaseUrl } from '../../../credentials/base-url';
import { attempt } from '../attempt';
import type { Clock } from '../clock';
import type { ConversationFailure } from '../failures/conversation-failure';
import { type IdleLimit, watched } from '../http/idle-timeout';
import type { ProviderConnection } from '../http/requests';
import { explainFailure, isFoundBeforehand, REPLY_TIMEOUT_S } from './explain-failure';
import { assertNotTooMany } from './item-limit';
import { n8nClock } from './n8n-clock';
import { n8nTransport } from './n8n-transport';
import type { Provider } from './provider';
import { leftByEarlierTries, runOf } from './run-memory';
import type { Turn } from './run-order';
import { type Redact, redactor } from './secrets';

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
	turn: Turn;
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
		const turn = run.order.enter();
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
			const items = await handler({ ...call, turn });
			assertNotTooMany(items);
			return items;
		});
		turn.leave();
		if (result.worked) return result.value.map((item) => ({ ...item, pairedItem }));
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
): Omit<OperationCall, 'turn'> {
	const idle: IdleLimit = {};
	const transport = n8nTransport({
		context,
		credential,
		credentials,
		stop,
		onCredentials,
		defaults: { ...options, baseURL: normaliseBaseUrl(String(credentials.baseUrl ?? '')) },
		refreshesToken: provider.refreshesToken?.(credential),
		finish: provider.finish && (async (request) => await provider.finish!(request, credentials)),
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
			complaintOf: provider.complaintOf,
		},
		idle,
		stop,
		replyDeadline: () => AbortSignal.any([stop, AbortSignal.timeout(REPLY_TIMEOUT_S * 1000)]),
	};
}

/** The one key of an error item; n8n routes items of any other shape to the wrong branch (docs/errors.md). */
function errorMember(failure: ConversationFailure, provider: Provider, redact: Redact): IDataObject {
	const { details, progress } = failure;
	return {
		message: redact(failure.message),
		description: describe(failure, redact),
		code: redact(details.code),
		httpStatus: details.httpStatus ?? null,
		provider: provider.id,
		conversationId: progress.conversationId ?? null,
		messageId: progress.messageId ?? null,
		partialAnswer: progress.partialAnswer,
		lastOffset: progress.lastOffset ?? null,
		status: details.status ?? null,
	};
}

/**
 * The editor shows the description below the message, and what to quote to a support team in the error's details. Of
 * the two kinds of errors that nodes throw, n8n's routing hands on this one as it is.
 */
function nodeError(
	context: IExecutePaginationFunctions,
	failure: ConversationFailure,
	itemIndex: number,
	redact: Redact,
): NodeApiError {
	const message = redact(failure.message);
	const description = linesOf(redact(failure.details.hint), providersWords(failure, redact));
	const body: N8nJsonObject = { message: description };
	const httpCode = String(failure.details.httpStatus ?? 'none');
	const error = new NodeApiError(context.getNode(), body, { itemIndex, message, description, httpCode });
	error.messages = factsOf(failure, redact);
	return error;
}

/** What to do, and all that is known, for an error item, which has no other place for it. */
const describe = (failure: ConversationFailure, redact: Redact): string =>
	linesOf(
		redact(failure.details.hint),
		[providersWords(failure, redact), ...factsOf(failure, redact)].filter(Boolean).join(' · '),
	);

/** The editor shows line ends as blanks. */
const linesOf = (...lines: string[]): string => lines.filter(Boolean).join('\n');

const providersWords = ({ details: { providerText } }: ConversationFailure, redact: Redact): string =>
	providerText ? `The provider says: ${redact(providerText, true)}` : '';

/** Code, status, trace id, and what to go on with. */
function factsOf({ details, progress }: ConversationFailure, redact: Redact): string[] {
	const facts = [
		details.technicalText && `Details: ${redact(details.technicalText, true)}`,
		details.code !== '' && `Code: ${details.code}`,
		details.httpStatus !== undefined && `HTTP status: ${details.httpStatus}`,
		details.traceId && `Trace ID: ${details.traceId}`,
		progress.conversationId !== undefined && `Conversation ID: ${progress.conversationId}`,
		progress.messageId !== undefined && `Message ID: ${progress.messageId}`,
		progress.lastOffset !== undefined && `Last offset: ${progress.lastOffset}`,
	];
	return facts.filter((fact) => typeof fact === 'string' && fact !== '').map((fact) => redact(String(fact)));
}
