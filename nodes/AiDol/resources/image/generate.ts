import { type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { safeFileName } from '../../../shared/answer-formats';
import { attempt } from '../../../shared/attempt';
import { ConversationFailure } from '../../../shared/failures/conversation-failure';
import { HttpError, isServerFault, statusOf } from '../../../shared/http/http-error';
import { ConnectionError } from '../../../shared/http/transport';
import { toJsonText } from '../../../shared/json/json';
import { explainFailure } from '../../../shared/n8n/explain-failure';
import { operation, type OperationCall } from '../../../shared/n8n/operation';
import { boundedNumber, requiredText } from '../../../shared/parameters/values';
import type { AiDolApi, AiDolImage, AiDolQuestion } from '../../aidol-api';
import { aiDol, apiOf } from '../../aidol-provider';
import { pictureIn } from '../../picture';
import {
	agentIdOf,
	agentIdProperty,
	conversationIdOf,
	conversationIdProperty,
	languageOf,
	languageOption,
	metadataOf,
	metadataOption,
	userIdOf,
	userIdOption,
} from '../parameters';
import { askedOnce } from './asked-once';

/** AI-DOL says that a client has to wait at least 120 seconds for a picture (docs/apis/aidol.md §5). */
const DEFAULT_SECONDS = 180;
const DAY_S = 24 * 60 * 60;
/** Items whose pictures are made at the same time. */
const AT_ONCE = 5;

const maxDurationOption: INodeProperties = {
	displayName: 'Timeout: Total',
	name: 'maxDuration',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: DEFAULT_SECONDS,
	hint: 'In seconds',
	description: 'How many seconds a picture may take. AI-DOL needs 30 to 90, and asks to wait for at least 120.',
};

const properties: INodeProperties[] = [
	agentIdProperty,
	conversationIdProperty,
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. You on the beach at sunset',
		description: 'What the picture is to show. AI-DOL leaves out white space at the beginning and the end.',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the output field to put the file in',
		description: 'Field of the binary data of the item that receives the picture',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [languageOption, metadataOption, maxDurationOption, userIdOption],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['image'], operation: ['generate'] } }, properties);

export const routing = operation(aiDol, async (call) => {
	const { context } = call;
	const question: AiDolQuestion = {
		agentId: agentIdOf(context),
		text: requiredText(context, 'prompt', 'Prompt'),
		language: languageOf(context),
		metadata: metadataOf(context),
	};
	const conversationId = conversationIdOf(context);
	const field = requiredText(context, 'binaryPropertyName', 'Put Output File in Field').trim();
	const userId = userIdOf(context);
	const seconds = boundedNumber(context.getNodeParameter('options.maxDuration', DEFAULT_SECONDS), 'Timeout: Total', {
		min: 0.1,
		max: DAY_S,
	});
	const key = toJsonText({ ...question, conversationId, userId });
	const made = await askedOnce(
		context,
		key,
		async () =>
			await call.slot.run(
				conversationId,
				AT_ONCE,
				async () => await generated(call, apiOf(call, userId), question, conversationId, seconds),
			),
	);
	return [await itemOf(call, question, field, made)];
});

interface Made extends AiDolImage {
	conversationId: string;
}

/** Has the picture made, within the time that it may take. */
async function generated(
	call: OperationCall,
	api: AiDolApi,
	question: AiDolQuestion,
	known: string | undefined,
	seconds: number,
): Promise<Made> {
	const outOfTime = call.connection.clock.timeout(seconds * 1000);
	const done = new AbortController();
	const signal = AbortSignal.any([outOfTime, done.signal, ...(call.stop ? [call.stop] : [])]);
	let conversationId = known;
	let isAsked = false;
	const work = await attempt(async () => {
		conversationId ??= (await api.createConversation(question.agentId, signal)).conversationId;
		isAsked = true;
		return { ...(await api.image(conversationId, question, signal)), conversationId };
	});
	done.abort(); // only a signal closes a connection
	if (work.ok) return work.value;
	const isLate = outOfTime.aborted && call.stop?.aborted !== true;
	const failure = isLate ? tooLate(seconds, isAsked) : explainFailure(work.error, aiDol.name);
	failure.details.status = isAsked ? statusAfter(isLate ? undefined : work.error) : 'notSent';
	if (failure.details.status === 'unknown') failure.details.hint += NOT_REPEATED;
	failure.progress = { conversationId, partialAnswer: '' };
	throw failure;
}

const NOT_REPEATED = ' Whether the picture was made is not known, so it was not asked for again: each one counts.';

/** What has become of a picture that was asked for, after this went wrong. */
function statusAfter(error: unknown): 'notSent' | 'unknown' | 'failed' {
	if (error instanceof ConnectionError) return error.requestSent === 'no' ? 'notSent' : 'unknown';
	if (!(error instanceof HttpError)) return 'unknown';
	if (isServerFault(error.response)) return 'unknown';
	return statusOf(error.response) === 422 ? 'failed' : 'notSent';
}

const tooLate = (seconds: number, isAsked: boolean): ConversationFailure =>
	new ConversationFailure(`The picture of AI-DOL was not finished within ${seconds} seconds`, {
		code: 'max_duration',
		hint: isAsked
			? 'Raise "Timeout: Total" in the options of this node.'
			: 'AI-DOL did not even make the conversation in time.',
	});

/** @throws ConversationFailure with all that came beside the picture, when that cannot be read */
async function itemOf(
	{ context }: OperationCall,
	{ agentId, text }: AiDolQuestion,
	field: string,
	{ conversationId, image, metadata, traceId }: Made,
): Promise<INodeExecutionData> {
	const picture = await attempt(() => Promise.resolve(image).then(pictureIn));
	if (!picture.ok) throw withRest(picture.error, conversationId, traceId);
	const { bytes, mimeType, extension } = picture.value;
	const fileName = fileNameOf(text, extension);
	const binary = await context.helpers.prepareBinaryData(Buffer.from(bytes), fileName, mimeType);
	return {
		json: { conversationId, agentId, metadata, traceId: traceId ?? null, fileName, mimeType, fileSize: bytes.length },
		binary: { [field]: binary },
	};
}

function withRest(error: unknown, conversationId: string, traceId: string | undefined): unknown {
	if (!(error instanceof ConversationFailure)) return error;
	error.details.traceId = traceId;
	error.details.status = 'failed';
	error.progress = { conversationId, partialAnswer: '' };
	return error;
}

const LONGEST_TITLE = 60;

/** The picture is called what it shows. */
function fileNameOf(prompt: string, extension: string): string {
	const [title = ''] = prompt.trim().split(/[\r\n]/);
	// A bar separates words here, not folders.
	return safeFileName(
		`${title
			.slice(0, LONGEST_TITLE)
			.replace(/[/\\]+/g, '-')
			.trim()}.${extension}`,
		`picture.${extension}`,
	);
}
