import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { AnswerFile } from '../answer/answer-change';
import {
	type AnswerDocument,
	answerHeading,
	answerHtml,
	answerSources,
	kindOf,
	looksLikeTable,
	safeFileName,
	answerHtmlDocument,
	answerPlainText,
	answerTables,
	answerTitle,
	firstHeading,
	parseAnswer,
	reportFileName,
	tableRows,
} from '../answer-formats';
import type { AnswerIds } from '../following/answer-source';
import { attempt } from '../following/attempt';
import { ConversationFailure } from '../following/conversation-failure';
import type { FollowedAnswer } from '../following/follow';
import type { AnswerOptions } from './answer-options';
import { explainFailure } from './explain-failure';
import type { OperationCall } from './operation';

/** Fetches a file that the agent made; throws with a message for the user. */
export type FileDownload = (file: AnswerFile) => Promise<IBinaryData>;

/** Field of the binary data that holds the answer as a file: the one that n8n's nodes look in by default. */
const ANSWER_FIELD = 'data';

/** Names that have a meaning of their own in an item of table rows. */
const TAKEN_COLUMNS = ['error', 'conversationId', 'messageId'];

const isoTime = (ms: number) => new Date(ms).toISOString();

/** The items that a finished answer becomes, by the chosen output (contract: outputs). */
export async function answerItems(
	call: OperationCall,
	options: AnswerOptions,
	answer: FollowedAnswer,
	downloadFile?: FileDownload,
): Promise<INodeExecutionData[]> {
	switch (options.output) {
		case 'events':
			return eventItems(answer);
		case 'tableRows':
			return rowItems(call, options, answer);
		case 'answer':
			return [await answerItem(call, options, answer, downloadFile)];
	}
}

/** The item of a question that was asked without waiting for its answer. */
export function runningItem(call: OperationCall, ids: AnswerIds, startedAt: number): INodeExecutionData {
	return {
		json: {
			answer: '',
			status: 'running',
			provider: call.provider.id,
			...idMembers(ids),
			question: questionOf(call),
			startedAt: isoTime(startedAt),
		},
	};
}

const idMembers = ({ conversationId, conversationUrl, messageId }: AnswerIds) => ({
	conversationId: conversationId ?? null,
	conversationUrl: conversationUrl ?? null,
	messageId: messageId ?? null,
});

/** The ids that lead back from one of many items of an answer. */
const backReference = ({ conversationId, messageId }: AnswerIds) => ({
	conversationId: conversationId ?? null,
	messageId: messageId ?? null,
});

/** What was asked: Collect of WPS finds the answer by it. Null where only IDs are known. */
function questionOf({ context }: OperationCall): string | null {
	const asked: unknown = context.getNodeParameter('message', '') || context.getNodeParameter('question', '');
	return typeof asked === 'string' && asked !== '' ? asked : null;
}

/** One item with everything. It never has a key `error`: n8n would take it for a failed one. */
async function answerItem(
	call: OperationCall,
	options: AnswerOptions,
	answer: FollowedAnswer,
	downloadFile: FileDownload | undefined,
): Promise<INodeExecutionData> {
	const parse = onFirstUse(() => parseAnswer(answer.text, answer.fileType));
	const files = answer.files.map(({ id, name }): IDataObject => ({ id, name }));
	const binary: IBinaryKeyData = {};
	if (options.answerAsFile !== 'none')
		binary[ANSWER_FIELD] = await answerFile(call, options.answerAsFile, answer, parse());
	if (options.downloadFiles && downloadFile) {
		for (const [index, file] of answer.files.entries()) {
			const download = await attempt(() => downloadFile(file));
			// The answer is paid for: a file that cannot be fetched is told, and does not cost the answer.
			if (download.worked) files[index]!.binaryField = `file_${index}`;
			else files[index]!.notDownloaded = explainFailure(download.error, call.provider.name).message;
			if (download.worked) binary[`file_${index}`] = download.value;
		}
	}
	// In this order: the editor's table shows the first members, and people want to see the answer (contract: outputs).
	const json: IDataObject = {
		title:
			answer.title ?? (kindOf(answer.fileType) === 'markdown' ? firstHeading(answer.text) : answerHeading(parse())),
		answer: answer.text,
		summary: answer.summary ?? null,
		status: answer.status,
		finishReason: answer.finishReason ?? null,
		provider: call.provider.id,
		...idMembers(answer.ids),
		...(answer.status === 'running' ? { question: questionOf(call) } : {}),
		deliveredBy: answer.deliveredBy,
		usage: answer.usage,
		files,
		eventCount: answer.eventCount,
		reconnects: answer.reconnects,
		lastOffset: answer.lastOffset ?? null,
		startedAt: isoTime(answer.startedAt),
		finishedAt: isoTime(answer.finishedAt),
		durationMs: answer.finishedAt - answer.startedAt,
		firstTextMs: answer.firstTextMs,
		...(options.includeSteps ? { steps: answer.steps as unknown as IDataObject[] } : {}),
		...(options.includeEvents ? { events: answer.events as IDataObject[] } : {}),
		...formatMembers(options, parse),
	};
	return Object.keys(binary).length === 0 ? { json } : { json, binary };
}

function formatMembers({ answerFormats }: AnswerOptions, parse: () => AnswerDocument): IDataObject {
	return {
		...(answerFormats.includes('html') ? { answerHtml: answerHtml(parse()) } : {}),
		...(answerFormats.includes('plainText') ? { answerText: answerPlainText(parse()) } : {}),
		...(answerFormats.includes('sources') ? { sources: answerSources(parse()) as unknown as IDataObject[] } : {}),
		...(answerFormats.includes('tables') ? { tables: answerTables(parse()) as unknown as IDataObject[] } : {}),
	};
}

async function answerFile(
	{ context }: OperationCall,
	kind: 'markdown' | 'html',
	answer: FollowedAnswer,
	document: AnswerDocument,
): Promise<IBinaryData> {
	const title = answer.title ?? answerTitle(document);
	const isHtml = kind === 'html';
	const content = isHtml ? answerHtmlDocument(document, title) : answer.text;
	const extension = isHtml ? 'html' : EXTENSIONS[document.kind];
	const ownName = reportFileName(title, new Date(answer.finishedAt), extension, context.getTimezone());
	// The provider's own name for its report; as another kind of file than the provider's it needs our extension.
	const given = answer.fileName?.replace(/\.(?:md|markdown|html?|txt)$/i, '');
	const name = given ? safeFileName(`${given}.${extension}`, ownName) : ownName;
	return await context.helpers.prepareBinaryData(Buffer.from(content), name, MIME_TYPES[extension]);
}

const EXTENSIONS = { markdown: 'md', html: 'html', text: 'txt' } as const;
const MIME_TYPES = { md: 'text/markdown', html: 'text/html', txt: 'text/plain' };

/**
 * One item for each row of the answer's tables, with the ids that lead back to the answer.
 *
 * @throws ConversationFailure when the answer is not whole: rows have no place to say so
 */
function rowItems(
	{ context, provider }: OperationCall,
	{ protectFormulas }: AnswerOptions,
	answer: FollowedAnswer,
): INodeExecutionData[] {
	if (answer.status === 'running') {
		throw new ConversationFailure(`The answer of ${provider.name} is not finished yet`, {
			code: 'not_finished',
			hint: 'Its tables may lack rows. With Output: Answer you get what had been written, marked as running.',
			status: 'running',
		});
	}
	if (answer.status === 'cancelled') {
		throw new ConversationFailure(`The answer of ${provider.name} was cancelled before it was whole`, {
			code: 'cancelled',
			hint: 'Its tables may lack rows. With Output: Answer you get what had been written, marked as cancelled.',
			status: 'cancelled',
		});
	}
	const { rows, cutCells } = tableRows(answerTables(parseAnswer(answer.text, answer.fileType)), {
		taken: TAKEN_COLUMNS,
		protectFormulas,
	});
	if (rows.length === 0) {
		throw new ConversationFailure(`There is no table in the answer of ${provider.name}`, {
			code: 'no_table',
			hint: `${looksLikeTable(answer.text) ? 'There is something like a table, but it could not be read. ' : ''}The whole answer is in partialAnswer of the error. Ask the agent for a table in the message, or take Output: Answer.`,
			status: 'completed',
		});
	}
	if (cutCells > 0) context.logger.warn(`${cutCells} table cells were cut to what a spreadsheet can hold`);
	return rows.map((row) => ({ json: { ...row, ...backReference(answer.ids) } }));
}

/** One item for each event; the event is wrapped, because its own members may be called `error`. */
const eventItems = (answer: FollowedAnswer): INodeExecutionData[] =>
	answer.events.map((event, index) => ({ json: { ...backReference(answer.ids), index, event } }));

function onFirstUse<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}
