import { z } from 'zod';

import { FramingSettings } from '../framing';

/** How the WPS stand-in behaves where the documentation leaves room (docs/apis/wps.md §7). */
export const WpsSettings = z
	.object({
		/** APPID: client id of OAuth and access key of KSO-1. */
		accessKey: z.string().default('sandbox-app'),
		/** APPKEY: client secret of OAuth and secret key of KSO-1. */
		secretKey: z.string().default('sandbox-secret'),
		/** The console's switch "interface signature": demand and check KSO-1. */
		checkSignature: z.boolean().default(true),
		/** Leading part of the path that is not signed (private deployments); also accepted when it is absent. */
		basePath: z.string().default('/openapi'),
		/** User access tokens that never expire, for `wpsAccessTokenApi`. */
		accessTokens: z.array(z.string()).default(['sandbox-user-token']),
		/** Life of tokens issued by /oauth2/token, in seconds. */
		tokenLifeSeconds: z.number().default(7200),
		/** A refresh token works only once. */
		refreshTokensOnce: z.boolean().default(false),
		/** Errors come with the HTTP status their code begins with, or all under HTTP 200. */
		errorStatus: z.enum(['http', '200']).default('http'),
		/** Which paths exist: `app` = generation A, `apps` = B, `sse` = B's streaming variant (§3, §4). Others give 404. */
		generations: z.array(z.enum(['app', 'apps', 'sse'])).default(['app', 'apps', 'sse']),
		/** Single addresses that give 404 nevertheless, by operation and generation: `chat sse`. */
		missing: z.array(z.string()).default([]),
		/** The permissions of user tokens (§1.1). */
		scopes: z
			.array(z.enum(['kso.devhub_chat.readwrite', 'kso.devhub_session.readwrite']))
			.default(['kso.devhub_chat.readwrite', 'kso.devhub_session.readwrite']),
		/** App ids that exist; empty = every one. */
		apps: z.array(z.string()).default([]),
		/** `langflow` = dialect 1 (§5.1), `roles` = dialect 2 (§5.6). */
		dialect: z.enum(['langflow', 'roles']).default('langflow'),
		/**
		 * How the text grows in dialect 1 (§5.3): `cumulative` and `delta` add_message, `token` events, `final` = no progress
		 * at all, `model` = plain model without agent (first chunk twice, no final message).
		 */
		growth: z.enum(['cumulative', 'token', 'delta', 'final', 'model']).default('cumulative'),
		/** The agent's name in messages. */
		senderName: z.string().default('Agent'),
		/** The question comes back as a message of the user. */
		userEcho: z.boolean().default(true),
		/** A `Chat Output` node stores the answer again under another id. */
		chatOutput: z.boolean().default(false),
		/** Where stream messages carry the chat id (the documentation says "in the messages", its sample has none). */
		chatIdIn: z.enum(['data', 'event', 'none']).default('data'),
		/** Where stream messages carry the session id: in the message, as in the published sample, or beside it. */
		sessionIdIn: z.enum(['data', 'event', 'none']).default('data'),
		/** The node of the flow whose `end_vertex` calls it not valid; the flow ends there, with an ordinary `end`. */
		invalidNode: z.enum(['none', 'agent', 'output']).default('none'),
		/** `data` of an `error` event: a message object, or `{"error": "…"}` (§5.4). */
		errorShape: z.enum(['message', 'text']).default('message'),
		/** A cancelled stream still gets its `end`. */
		endOnCancel: z.boolean().default(false),
		/** The run stops when its stream is closed by the client. */
		stopOnDisconnect: z.boolean().default(false),
		/** Dialect 2: chunks and a final `answer`; chunks only; `answer` pieces to append; or growing `answer`s. */
		answerForm: z.enum(['chunks', 'chunks-only', 'incremental', 'cumulative']).default('chunks'),
		/** Dialect 2: name of the text field. */
		textField: z.enum(['content', 'text']).default('content'),
		/** Dialect 2: name of the last event; `none` = the stream just ends. */
		endEvent: z.enum(['end', 'done', 'conversation.chat.completed', 'none']).default('end'),
		/** `data` of sessions/messages (§4, B4): the published contract's single object (the newest message), or one of three lists. */
		messagesForm: z.enum(['items', 'messages', 'array', 'object']).default('items'),
		messagesOrder: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
		/** How stream messages are written (§5.5). The default is what Langflow sends. */
		framing: FramingSettings.default({ form: 'blocks', escape: true }),
		/** Content type of streams; empty = the one that goes with the framing. */
		contentType: z.string().default(''),
	})
	.strict();
export type WpsSettings = z.infer<typeof WpsSettings>;
