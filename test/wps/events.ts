import type { JsonObject } from '../../nodes/shared/json/json';

/** An event of dialect 1 (`docs/apis/wps.md §5.1`). */
export interface StreamEvent {
	event: string;
	data: JsonObject;
}

/** A message in the form of the published sample (`docs/apis/wps.md §5.2`). */
export function message(text: string, more: JsonObject & { state?: 'partial' | 'complete' } = {}): StreamEvent {
	const { state = 'complete', ...rest } = more;
	return {
		event: 'add_message',
		data: {
			timestamp: '2025-05-09T03:12:45',
			sender: 'Machine',
			sender_name: 'Agent',
			session_id: 'langflow-session',
			text,
			files: [],
			error: false,
			edit: false,
			properties: {
				text_color: '',
				background_color: '',
				edited: false,
				source: { id: 'Agent-x1', display_name: 'Agent', source: 'model-1' },
				icon: 'Bot',
				allow_markdown: false,
				positive_feedback: null,
				state,
				targets: [],
			},
			category: 'message',
			content_blocks: [],
			id: 'message-1',
			flow_id: 'flow-1',
			...rest,
		},
	};
}

export const token = (chunk: string, id = 'message-1'): StreamEvent => ({
	event: 'token',
	data: { chunk, id, timestamp: '2025-05-09 03:12:45.123456 UTC' },
});

export const question = (text = 'q'): StreamEvent => message(text, { sender: 'User', sender_name: 'User', id: 'q-1' });

export const END: StreamEvent = { event: 'end', data: {} };

const BEGINNING: StreamEvent = {
	event: 'vertices_sorted',
	data: { ids: ['ChatInput-1'], to_run: ['ChatInput-1', 'Agent-x1'] },
};

/** The ways in which an agent's text grows, by the version of Langflow (`docs/apis/wps.md §5.3`). */
export const GROWTHS = ['final', 'cumulative', 'delta', 'token', 'model'] as const;
export type Growth = (typeof GROWTHS)[number];

/** A whole stream for an answer in these pieces. */
export function stream(growth: Growth, pieces: string[]): StreamEvent[] {
	return [
		BEGINNING,
		question(),
		...answerEvents(growth, pieces),
		{ event: 'end_vertex', data: { build_data: { id: 'Agent-x1' } } },
		END,
	];
}

function answerEvents(growth: Growth, pieces: string[]): StreamEvent[] {
	const whole = pieces.join('');
	const opened = message('', { state: 'partial' });
	switch (growth) {
		case 'final':
			return [opened, message(whole)];
		case 'cumulative':
			return [
				opened,
				...pieces.map((_, n) => message(pieces.slice(0, n + 1).join(''), { state: 'partial' })),
				message(whole),
			];
		case 'delta':
			return [opened, ...pieces.map((piece) => message(piece, { state: 'partial' })), message(whole)];
		case 'token':
			// White space that comes alone is dropped on the way.
			return [opened, ...pieces.filter((piece) => piece.trim() !== '').map((piece) => token(piece)), message(whole)];
		case 'model':
			// The first chunk comes twice, and no message at the end.
			return [message(pieces[0] ?? ''), ...pieces.map((piece) => token(piece))];
	}
}
