import {
	type IDataObject,
	type IExecutePaginationFunctions,
	type JsonObject as N8nJsonObject,
	NodeApiError,
} from 'n8n-workflow';
import type { ConversationFailure } from '../failures/conversation-failure';
import type { Provider } from './provider';
import type { Redact } from './secrets';

/** The one key of an error item; n8n routes items of any other shape to the wrong branch (docs/errors.md). */
export function errorMember(failure: ConversationFailure, { id }: Pick<Provider, 'id'>, redact: Redact): IDataObject {
	const { details, progress } = failure;
	return {
		message: redact(failure.message),
		description: describe(failure, redact),
		code: redact(details.code),
		httpStatus: details.httpStatus ?? null,
		provider: id,
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
export function nodeError(
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
