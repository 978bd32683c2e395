import type { Fault } from './faults';
import type { ProviderName } from './provider-name';
import type { SandboxRequest } from './request-log';

/** One event on its way to the client: its exact JSON text, and what the faults need to know about it. */
export interface WireEvent {
	/** The event as JSON text, exactly as it goes out. */
	readonly json: string;
	/** True for an event after which the provider's answer is over. */
	readonly terminal: boolean;
	/** Name for framings that put the type on its own `event:` line. */
	readonly name?: string;
}

/** A streamed response body, before faults are applied. */
export interface EventStream {
	/** The events; must end soon after `gone` is aborted (the client has left). */
	events(gone: AbortSignal): AsyncIterable<WireEvent>;
	/** Writes an event in the provider's framing. */
	frame(event: WireEvent): string;
	/** A line without meaning in that framing (SSE comment, or an empty line). */
	heartbeat: string;
	/** Sent before the first event, for example a byte order mark. */
	opening?: string;
	/** Sent after the last event, for example `data: [DONE]`. */
	closing?: string;
}

/** What a provider answers; faults may still change it on the way out. */
export interface Reply {
	status: number;
	headers?: Record<string, string>;
	/** Whole body; ignored when `stream` is given. */
	body?: string | Buffer;
	stream?: EventStream;
}

/** One request, addressed to an operation. */
export interface Call {
	readonly request: SandboxRequest;
	/** The path without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Named groups of the route's pattern, URL-decoded. */
	readonly params: Readonly<Record<string, string>>;
	/** Faults taken for this request; a provider looks only at those that concern the run itself. */
	readonly faults: readonly Fault[];
}

/** An operation of a provider's API. */
export interface Route {
	readonly method: string;
	/** Matches the whole path; named groups become `params`. */
	readonly pattern: RegExp;
	/** Stable name, used by faults and shown in the request log. */
	readonly operation: string;
	/** The user's text in the request, where markers such as `[fault: …]` may stand. */
	text?(request: SandboxRequest): string | undefined;
	/** Refuses a request (authentication, signature) before it is handled. */
	guard?(call: Call): Reply | undefined;
	handle(call: Call): Reply | Promise<Reply>;
}

/** A stand-in for one provider. A fourth one needs this and a line in sandbox.ts. */
export interface Provider {
	readonly name: ProviderName;
	readonly routes: readonly Route[];
	/** An error in the provider's own shape. */
	error(status: number, message: string): Reply;
	/** An error in the provider's own shape under HTTP 200 (for the fault `json-200`). */
	errorUnder200(message?: string): Reply;
	/** What a marker-armed fault has to find in the request path to belong to this conversation (Reportify, WPS). */
	conversationOf?(call: Call): string | undefined;
	/** Forgets all conversations, runs and files. */
	reset(): void;
}

/** A JSON reply with the given body text. */
export function jsonReply(status: number, body: string, headers: Record<string, string> = {}): Reply {
	return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}
