import { z } from 'zod';

import { FramingSettings } from '../framing';

/** How the Reportify stand-in behaves where the documentation leaves room (providers/reportify.md §11). */
export const ReportifySettings = z
	.object({
		/** Accepted bearer keys. */
		apiKeys: z.array(z.string()).default(['sandbox-key']),
		/** Whether the event at `from_offset` itself is sent again (§4: not stated). */
		offsetReading: z.enum(['inclusive', 'exclusive']).default('inclusive'),
		/** Offset of the first event of every answer; later ones follow with gaps. */
		firstOffset: z.number().int().min(0).default(9195),
		/** A `usage` event after `workflow_end`. */
		usage: z.boolean().default(true),
		/** Ids above 2^53 (odd, so that a double loses them) or below. */
		largeIds: z.boolean().default(true),
		/** Agent of conversations that name none, as digits. */
		defaultAgentId: z.string().regex(/^\d+$/).default('11887655289749511'),
		/** Agents that exist, as digits; empty = every id is accepted. */
		agents: z.array(z.string().regex(/^\d+$/)).default([]),
		/** Accept `"agent_id": "123"` as well as `123`. */
		acceptStringIds: z.boolean().default(false),
		/** `detail` of a 422: FastAPI's list, or plain text. */
		validationDetail: z.enum(['list', 'string']).default('list'),
		/** Status for an unknown conversation or message (§11: 400 or 404). */
		unknownConversationStatus: z.number().int().default(400),
		unknownMessageStatus: z.number().int().default(404),
		/** Which kinds of chat call carry X-REPORTIFY-ASSISTANT-MESSAGE-ID (§3b, §3c: stated for `stream` only). */
		idHeaderOn: z.array(z.enum(['stream', 'json', 'background'])).default(['stream', 'background']),
		/** Body of a `background: true` reply (§3c: undocumented). */
		backgroundReply: z.record(z.unknown()).default({ status: 'running' }),
		/** Whether `response_id` of the events also works as a message id (§3e). */
		responseIdWorks: z.boolean().default(false),
		/** `assistant_events` in the message list. */
		listEvents: z.boolean().default(true),
		/** `content` of assistant messages in the message list. */
		listContent: z.enum(['object', 'string', 'null']).default('object'),
		/** File downloads say their name in Content-Disposition. */
		contentDisposition: z.boolean().default(true),
		/** `status` in the reply to a cancel (§5: not published). */
		cancelStatus: z.string().default('cancelled'),
		/** How events are written (§10.9). */
		framing: FramingSettings.default({}),
	})
	.strict();
export type ReportifySettings = z.infer<typeof ReportifySettings>;
