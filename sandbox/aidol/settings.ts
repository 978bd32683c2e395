import { z } from 'zod';

import { FramingSettings } from '../framing';

const Agent = z
	.object({
		id: z.string(),
		name: z.string(),
		description: z.string().default(''),
		/** Group of the agent in a list in groups. */
		category: z.string().default('official'),
		/** False: the agent has no image generation config (docs/apis/aidol.md §2). */
		images: z.boolean().default(true),
	})
	.strict();

/**
 * How the AI-DOL stand-in behaves. Most of it is an ASSUMPTION: the pages are not published (docs/apis/aidol.md §8).
 */
export const AiDolSettings = z
	.object({
		apiKey: z.string().default('sandbox-key'),
		/** Key of the signature; never sent. */
		apiSecret: z.string().default('sandbox-secret'),
		/** Check X-Signature (all other headers are checked in any case). */
		checkSignature: z.boolean().default(true),
		/** Signature versions that are accepted (§1.2, §1.3). */
		signatureVersions: z.array(z.enum(['v2', 'v1'])).default(['v2']),
		/** How many seconds the server clock is ahead. */
		clockSkewSeconds: z.number().default(0),
		/** Refuse an X-Request-ID that was seen before (not stated whether AI-DOL does). */
		refuseRepeatedRequestIds: z.boolean().default(false),
		/** HTTP status of an unknown API key (§2: both occur). */
		invalidKeyStatus: z.union([z.literal(401), z.literal(200)]).default(401),
		/** Calls left before "API key usage limit reached"; null = unlimited. */
		callsLeft: z.number().int().min(0).nullable().default(null),
		/** The agents that exist. */
		agents: z.array(Agent).default([
			{ id: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60', name: '小爱 Ai', description: 'Companion' },
			{ id: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d', name: '研究员 Researcher', description: 'Research assistant' },
			{ id: 'c0ffee00-1234-4abc-9def-0123456789ab', name: 'École Guide', description: '', category: 'own' },
		]),
		/**
		 * Where `data` of agent/list has its rows (unpublished): `array` = `data` itself, `grouped` = a map from category to
		 * rows, as config/options answers (§5).
		 */
		agentListForm: z.enum(['list', 'array', 'agents', 'records', 'items', 'grouped']).default('list'),
		/** How long a picture takes; §5 says 30 to 90 s. */
		imageDelayMs: z.number().min(0).default(0),
		/**
		 * `base64Image` of a picture (§5): a data URL of a PNG, of a JPEG that says it is a PNG, base64 without a head, a web
		 * address, nothing, or 30 MB.
		 */
		imageForm: z.enum(['png', 'jpeg', 'bare', 'address', 'none', 'huge']).default('png'),
		/** Conversation ids with hyphens (newer docs) or without (older docs). */
		hyphens: z.boolean().default(true),
		/**
		 * Form of the stream's events (§4): `answer` = Dify-like `{"event":"message","answer":…}`, `data-answer`, `content`,
		 * `data-content`, `text`, `data-text`, `delta`, `delta-content`, `choices` (OpenAI-like), `data-string`, `envelope`
		 * (every piece in the envelope), `plain` (bare text lines), `one-shot` (no stream: one JSON envelope at the end).
		 */
		shape: z
			.enum([
				'answer',
				'data-answer',
				'content',
				'data-content',
				'text',
				'data-text',
				'delta',
				'delta-content',
				'choices',
				'data-string',
				'envelope',
				'plain',
				'one-shot',
			])
			.default('answer'),
		/** Last event of a stream: `{"event": …}` of this name, a `[DONE]` line, or none. */
		endMarker: z.enum(['message_end', 'end', 'done', 'finish', 'complete', '[DONE]', 'none']).default('message_end'),
		/** Events carry `message_id` and `task_id` as Dify's do. */
		messageIds: z.boolean().default(false),
		/** `workflow_started`, `node_started`, … around the answer. */
		workflowEvents: z.boolean().default(false),
		/** A `ping` event before each piece. */
		pings: z.boolean().default(false),
		/** Failures in the stream: Dify's `error` event, or the envelope with `success: false`. */
		errorForm: z.enum(['event', 'envelope']).default('event'),
		/** How the stream is written. */
		framing: FramingSettings.default({}),
	})
	.strict();
export type AiDolSettings = z.infer<typeof AiDolSettings>;
