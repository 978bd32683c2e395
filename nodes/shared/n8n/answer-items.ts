import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	type AnswerDocument,
	answerHeading,
	answerTitle,
	firstHeading,
	inTurns,
	kindOf,
	looksLikeTable,
	readAnswer,
	readTables,
	reportFileName,
	safeFileName,
	type Work,
	writeHtml,
	writeHtmlDocument,
	writePlainText,
	writeTableRows,
} from '../answer-formats';
import type { AnswerFile } from '../answer/answer-change';
import { attempt } from '../attempt';
import { ConversationFailure } from '../failures/conversation-failure';
import type { AnswerIds } from '../following/answer-source';
import type { FollowedAnswer } from '../following/follow';
import type { JsonValue } from '../json/json';
import type { AnswerOptions } from '../parameters/answer-options';
import { answerJson, jsonRows, TAKEN_FIELDS } from './answer-json';
import { explainFailure } from './explain-failure';
import type { OperationCall } from './operation';
import { sourcesOf, type ToolSources } from './source-list';
import { assertWhole } from './whole-answer';

/** Fetches a file that the agent made; throws with a message for the user. */
export type FileDownload = (file: AnswerFile) => Promise<IBinaryData>;

/** Field of the binary data that holds the answer as a file: the one that n8n's nodes look in by default. */
const ANSWER_FIELD = 'data';

const isoTime = (ms: number) => new Date(ms).toISOString();

/** What goes into items besides the answer. */
export interface Surroundings {
	/** The text of the question as it was sent; Collect of WPS finds the answer by it. Null where only IDs are known. */
	question: string | null;
	/** The question was sent with the format that its answer must have: the item tells what was sent. */
	isFormatSent: boolean;
	downloadFile?: FileDownload;
	toolSources?: ToolSources;
}

/**
 * The items that a finished answer becomes, by the chosen output (README: What comes out).
 *
 * @throws ConversationFailure when the answer has not what was asked for
 */
export async function answerItems(
	call: OperationCall,
	options: AnswerOptions,
	answer: FollowedAnswer,
	surroundings: Surroundings,
): Promise<INodeExecutionData[]> {
	if (options.output === 'jsonItems') assertWhole(call, answer, 'Its JSON may be cut off.');
	const structured = answerJson(call, options, answer);
	switch (options.output) {
		case 'events':
			return eventItems(answer);
		case 'tableRows':
			return await rowItems(call, options, answer);
		case 'jsonItems':
			return jsonRows(structured).map((row) => ({ json: { ...row, ...backReference(answer.ids) } }));
		case 'sources':
			return await sourceItems(call, answer, surroundings);
		case 'answer':
			return [await answerItem(call, options, answer, structured, surroundings)];
	}
}

/** The item of a question that was asked without waiting for its answer. */
export function runningItem(
	call: OperationCall,
	ids: AnswerIds,
	startedAt: number,
	{ question }: Surroundings,
): INodeExecutionData {
	return {
		json: {
			answer: '',
			status: 'running',
			provider: call.provider.id,
			...idMembers(ids),
			question,
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

/** One item with everything. It never has a key `error`: n8n would take it for a failed one. */
async function answerItem(
	call: OperationCall,
	options: AnswerOptions,
	answer: FollowedAnswer,
	structuredOutput: JsonValue,
	{ question, isFormatSent, downloadFile, toolSources }: Surroundings,
): Promise<INodeExecutionData> {
	const parse = onFirstUse(() => parsed(call, answer));
	const files = answer.files.map(({ id, name }): IDataObject => ({ id, name }));
	const binary: IBinaryKeyData = {};
	if (options.answerAsFile !== 'none')
		binary[ANSWER_FIELD] = await answerFile(call, options.answerAsFile, answer, await parse());
	if (options.downloadFiles && downloadFile) {
		for (const [index, file] of answer.files.entries()) {
			const download = await attempt(() => downloadFile(file));
			// The answer is paid for: a file that cannot be fetched is reported, and does not cost the answer.
			if (download.ok) files[index]!.binaryField = `file_${index}`;
			else files[index]!.notDownloaded = explainFailure(download.error, call.provider.name).message;
			if (download.ok) binary[`file_${index}`] = download.value;
		}
	}
	const { answerFormats } = options;
	const sources = answerFormats.includes('sources') && (await sourcesOf(answer, await parse(), toolSources));
	// In this order: the editor's table shows the first members, and people want to see the answer (README: What comes out).
	const json: IDataObject = {
		title:
			answer.title ??
			(kindOf(answer.fileType) === 'markdown' ? firstHeading(answer.text) : answerHeading(await parse())),
		answer: answer.text,
		summary: answer.summary ?? null,
		status: answer.status,
		finishReason: answer.finishReason ?? null,
		provider: call.provider.id,
		...idMembers(answer.ids),
		...(answer.status === 'running' || isFormatSent ? { question } : {}),
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
		...(await formatMembers(call, options, parse)),
		...(options.outputFormat || answerFormats.includes('json') ? { structuredOutput } : {}),
		...(sources ? { sources: sources as unknown as IDataObject[] } : {}),
	};
	return Object.keys(binary).length === 0 ? { json } : { json, binary };
}

/** Work on a large text, which gives everybody else in n8n's process a turn now and then. */
const shared = async <T>({ connection }: OperationCall, work: Work<T>): Promise<T> =>
	await inTurns(work, async () => await connection.clock.sleep(0));

const parsed = async (call: OperationCall, { text, fileType }: FollowedAnswer): Promise<AnswerDocument> =>
	await shared(call, readAnswer(text, fileType));

async function formatMembers(
	call: OperationCall,
	{ answerFormats }: AnswerOptions,
	parse: () => Promise<AnswerDocument>,
): Promise<IDataObject> {
	const members: IDataObject = {};
	if (answerFormats.includes('html')) members.answerHtml = await shared(call, writeHtml(await parse()));
	if (answerFormats.includes('plainText')) members.answerText = await shared(call, writePlainText(await parse()));
	if (answerFormats.includes('tables')) {
		members.tables = (await shared(call, readTables(await parse()))) as unknown as IDataObject[];
	}
	return members;
}

async function answerFile(
	call: OperationCall,
	kind: 'markdown' | 'html',
	answer: FollowedAnswer,
	document: AnswerDocument,
): Promise<IBinaryData> {
	const { context } = call;
	const title = answer.title ?? answerTitle(document);
	const isHtml = kind === 'html';
	const content = isHtml ? await shared(call, writeHtmlDocument(document, title)) : answer.text;
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
async function rowItems(
	call: OperationCall,
	{ protectFormulas }: AnswerOptions,
	answer: FollowedAnswer,
): Promise<INodeExecutionData[]> {
	const { context, provider } = call;
	assertWhole(call, answer, 'Its tables may lack rows.');
	const tables = await shared(call, readTables(await parsed(call, answer)));
	const { rows, cutCells } = await shared(call, writeTableRows(tables, { taken: TAKEN_FIELDS, protectFormulas }));
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

/**
 * One item for each source, with the ids that lead back to the answer.
 *
 * @throws ConversationFailure when there is none, or the answer is not whole
 */
async function sourceItems(
	call: OperationCall,
	answer: FollowedAnswer,
	{ toolSources }: Surroundings,
): Promise<INodeExecutionData[]> {
	assertWhole(call, answer, 'Some of its sources may be missing.');
	const sources = await sourcesOf(answer, await parsed(call, answer), toolSources);
	if (sources.length === 0) {
		throw new ConversationFailure(`There is no source in the answer of ${call.provider.name}`, {
			code: 'no_sources',
			hint: 'It links to nothing, and no tool returned a document. The whole answer is in partialAnswer of the error. Ask the agent for links in the message, or take Output: Answer.',
			status: 'completed',
		});
	}
	return sources.map((source) => ({ json: { ...source, ...backReference(answer.ids) } }));
}

/** One item for each event; the event is wrapped, because its own members may be called `error`. */
const eventItems = (answer: FollowedAnswer): INodeExecutionData[] =>
	answer.events.map((event, index) => ({ json: { ...backReference(answer.ids), index, event } }));

function onFirstUse<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}
