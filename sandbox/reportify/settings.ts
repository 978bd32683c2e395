import { z } from 'zod';

import { FramingSettings } from '../framing';

/** How the Reportify stand-in behaves where the documentation leaves room (docs/apis/reportify.md §11). */
export const ReportifySettings = z
	.object({
		/** Accepted bearer keys. */
		apiKeys: z.array(z.string()).default(['sandbox-key']),
		/** Whether the event at `from_offset` itself is sent again (§4: not stated). */
		offsetReading: z.enum(['inclusive', 'exclusive']).default('inclusive'),
		/** Offset of the first event of every answer; later ones follow in steps of 1 (§3d-2). */
		firstOffset: z.number().int().min(0).default(9195),
		/** Offsets with gaps between them (§4: they need not step by 1). */
		sparseOffsets: z.boolean().default(false),
		/** `tool_end` says its offset too (§3d-2: the documented one has none). */
		toolEndOffset: z.boolean().default(false),
		/**
		 * The form of scripts that do not choose one: the documented workflow of several agents, or one agent that speaks.
		 */
		runForm: z.enum(['workflow', 'single agent']).default('workflow'),
		/** In a workflow, the writing agent streams the report as well (§3d-2: agents stream blocks of text). */
		writerStreams: z.boolean().default(false),
		/** A `usage` event after `workflow_end` (§3d: in the enumeration, not in the documented run). */
		usage: z.boolean().default(false),
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
		/** `assistant_events` in the message list. */
		listEvents: z.boolean().default(true),
		/** `content` of assistant messages in the message list. */
		listContent: z.enum(['object', 'string', 'null']).default('object'),
		/** What `content.text` of an answer in the message list is (§11). */
		listText: z.enum(['report', 'summary']).default('report'),
		/** File downloads say their name in Content-Disposition. */
		contentDisposition: z.boolean().default(true),
		/** `status` in the reply to a cancel (§5). */
		cancelStatus: z.string().default('cancelled'),
		/** How long a cancel takes after its reply (§5: up to a few seconds): ms, or until this gate is released. 0 = it is
		 * done when the reply is sent. */
		cancelTakes: z.union([z.number().min(0), z.string()]).default(0),
		/** Cancelling what is over (§5: it cannot be cancelled): refused with 400, or answered with its state. */
		cancelFinished: z.enum(['refuse', 'answer']).default('refuse'),
		/** What the status of an uploaded document is, one after the other each time it is asked (§8); the last one stays. */
		uploadStatuses: z
			.array(z.enum(['pending', 'processing', 'completed', 'failed']))
			.nonempty()
			.default(['pending', 'processing', 'completed']),
		/** Bytes; larger uploads are refused (§8: 1 GB). */
		largestFile: z
			.number()
			.int()
			.min(0)
			.default(1024 ** 3),
		/** How events are written (§10, 9). */
		framing: FramingSettings.default({}),
	})
	.strict();
export type ReportifySettings = z.infer<typeof ReportifySettings>;
