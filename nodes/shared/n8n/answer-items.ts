import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { AnswerIds } from '../following/answer-source';
import type { FollowedAnswer } from '../following/follow';
import type { AnswerOptions } from './answer-options';
import type { OperationCall } from './operation';

const isoTime = (ms: number) => new Date(ms).toISOString();

/** The item of a finished answer (contract: outputs). It never has a key `error`: n8n would take it for a failed one. */
function answerMembers(call: OperationCall, options: AnswerOptions, answer: FollowedAnswer): IDataObject {
	return {
		provider: call.provider.id,
		conversationId: answer.ids.conversationId ?? null,
		messageId: answer.ids.messageId ?? null,
		status: answer.status,
		answer: answer.text,
		deliveredBy: answer.deliveredBy,
		usage: answer.usage,
		files: answer.files.map(({ id, name }) => ({ id, name })),
		eventCount: answer.eventCount,
		reconnects: answer.reconnects,
		lastOffset: answer.lastOffset ?? null,
		startedAt: isoTime(answer.startedAt),
		finishedAt: isoTime(answer.finishedAt),
		durationMs: answer.finishedAt - answer.startedAt,
		firstTextMs: answer.firstTextMs,
		...(options.includeSteps ? { steps: answer.steps as unknown as IDataObject[] } : {}),
		...(options.includeEvents ? { events: answer.events as IDataObject[] } : {}),
	};
}

/** The item of a question that was asked without waiting for its answer. */
export function runningItem(call: OperationCall, ids: AnswerIds, startedAt: number): INodeExecutionData {
	return {
		json: {
			provider: call.provider.id,
			conversationId: ids.conversationId ?? null,
			messageId: ids.messageId ?? null,
			status: 'running',
			answer: '',
			startedAt: isoTime(startedAt),
		},
	};
}

/** The items that an answer becomes, by the chosen output. */
export async function answerItems(
	call: OperationCall,
	options: AnswerOptions,
	answer: FollowedAnswer,
): Promise<INodeExecutionData[]> {
	return [{ json: answerMembers(call, options, answer) }];
}
