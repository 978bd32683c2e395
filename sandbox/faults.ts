import { z } from 'zod';

import { PROVIDER_NAMES, type ProviderName } from './provider-name';

const count = z.number().int().min(0);
const after = {
	/** Act once this many events of the stream have been sent (0 = right after the response headers). */
	afterEvents: count.optional(),
	/** Act once this many body bytes have been sent; takes precedence over `afterEvents`. */
	afterBytes: count.optional(),
};

/** Which requests a fault is for. */
const target = {
	/** Default: any provider. */
	provider: z.enum(PROVIDER_NAMES).optional(),
	/** Name of the operation (see README.md), `*` for any. Default `chat`: the request that carries the question. */
	operation: z.string().default('chat'),
	/** Text that the raw request target has to contain, for example a conversation id. */
	path: z.string().optional(),
	/** How many requests the fault meets; 0 = every one. Default 1. */
	times: count.default(1),
	/** Let this many matching requests pass first. Default 0. */
	skip: count.default(0),
};

/** Everything that can go wrong, one schema per kind. `FaultInput` is the type to write; see README.md for examples. */
export const FaultSchema = z.discriminatedUnion('kind', [
	/** The body ends early: `end` = properly ended (nothing tells the client that something is missing), `close` = connection
	 * closed in mid-body, `reset` = TCP reset. `beforeTerminal`: everything except the event that ends the answer is sent. */
	z
		.object({
			kind: z.literal('cut'),
			...after,
			beforeTerminal: z.boolean().optional(),
			how: z.enum(['end', 'close', 'reset']).default('end'),
			...target,
		})
		.strict(),
	/** Silence on an open connection. */
	z.object({ kind: z.literal('stall'), ...after, beforeTerminal: z.boolean().optional(), ...target }).strict(),
	/** From then on only comment lines, for ever. */
	z
		.object({
			kind: z.literal('heartbeats'),
			...after,
			everyMs: z.number().min(1).default(100),
			beforeTerminal: z.boolean().optional(),
			...target,
		})
		.strict(),
	/** A comment line before every event. */
	z.object({ kind: z.literal('comments'), ...target }).strict(),
	/** The body leaves in small writes: sizes in bytes (`writes`, repeated for ever) and/or cuts at byte positions (`at`). */
	z
		.object({
			kind: z.literal('split'),
			writes: z.array(z.number().int().min(1)).optional(),
			at: z.array(z.number().int().min(1)).optional(),
			...target,
		})
		.strict(),
	/** The run itself fails: an error event ends the answer, and it stays failed when read again. */
	z
		.object({
			kind: z.literal('error-event'),
			afterEvents: count.optional(),
			message: z.string().optional(),
			...target,
		})
		.strict(),
	/** The run itself waits before its terminal event: for some ms, or until `sandbox.release(hold)`. */
	z
		.object({
			kind: z.literal('late-terminal'),
			ms: z.number().min(0).optional(),
			hold: z.string().optional(),
			...target,
		})
		.strict(),
	/** A status instead of an answer. `handled`: the request takes effect nevertheless (default for 504 and 524). */
	z
		.object({
			kind: z.literal('status'),
			status: z.number().int().min(200).max(599),
			headers: z.record(z.string()).optional(),
			body: z.string().optional(),
			handled: z.boolean().optional(),
			...target,
		})
		.strict(),
	/** HTTP 200, `application/json`, an error in the body (the provider's own form, unless `body`). */
	z
		.object({ kind: z.literal('json-200'), message: z.string().optional(), body: z.string().optional(), ...target })
		.strict(),
	/** HTTP 200, `text/html`: the login page of a proxy. */
	z
		.object({ kind: z.literal('html'), status: z.number().int().default(200), body: z.string().optional(), ...target })
		.strict(),
	/** Every event twice. */
	z.object({ kind: z.literal('duplicate'), ...target }).strict(),
	/** An event of an unknown type. */
	z
		.object({ kind: z.literal('unknown-event'), afterEvents: count.default(0), json: z.string().optional(), ...target })
		.strict(),
	/** An event whose JSON is broken. */
	z
		.object({ kind: z.literal('malformed'), afterEvents: count.default(0), json: z.string().optional(), ...target })
		.strict(),
	/** Events that get lost on the way, by position (0 = first). */
	z.object({ kind: z.literal('drop'), events: z.array(count), ...target }).strict(),
	/** The connection breaks as soon as the request head is here: nothing was read, nothing happened. */
	z.object({ kind: z.literal('refuse'), ...target }).strict(),
	/** The request is read and takes effect, then the connection is reset before any response byte. */
	z.object({ kind: z.literal('reset-after-request'), ...target }).strict(),
	/** The request takes effect, but not even response headers are ever sent. */
	z.object({ kind: z.literal('silence'), ...target }).strict(),
	/** The response starts late. */
	z.object({ kind: z.literal('delay'), ms: z.number().min(0), ...target }).strict(),
	/** A response header is missing; without a name, the one that carries the message id. */
	z
		.object({
			kind: z.literal('drop-header'),
			header: z.string().default('X-REPORTIFY-ASSISTANT-MESSAGE-ID'),
			...target,
		})
		.strict(),
	/** The body is gzip-compressed although the client did not ask for it. */
	z.object({ kind: z.literal('gzip'), ...target }).strict(),
]);

/** A fault with all defaults filled in. */
export type Fault = z.output<typeof FaultSchema>;
/** A fault as one writes it: `{ kind: 'cut', afterEvents: 3 }`. */
export type FaultInput = z.input<typeof FaultSchema>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The faults of one kind among those taken for a request. */
export function ofKind<K extends FaultKind>(faults: readonly Fault[], kind: K): Array<FaultOf<K>> {
	return faults.filter((fault): fault is FaultOf<K> => fault.kind === kind);
}

/** Fills in defaults; throws an error that says in one line what is wrong. */
export function parseFault(value: unknown): Fault {
	const parsed = FaultSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'fault'}: ${message}`);
	throw new Error(`Not a fault: ${problems.join('; ')}`);
}

/** A fault that waits for its request. */
export interface ArmedFault {
	readonly id: number;
	readonly fault: Fault;
	/** Matching requests it has seen, including those it let pass. */
	seen: number;
	/** Requests it was applied to. */
	applied: number;
}

/** The faults that are armed. */
export class FaultBook {
	/** Armed faults in the order added; a fault leaves once its `times` are used up. */
	readonly armed: ArmedFault[] = [];
	private count = 0;

	/** Arms a fault. Throws when it is not one. */
	add(input: FaultInput): ArmedFault {
		const entry: ArmedFault = { id: ++this.count, fault: parseFault(input), seen: 0, applied: 0 };
		this.armed.push(entry);
		return entry;
	}

	clear(): void {
		this.armed.length = 0;
	}

	/**
	 * Takes the faults for a request; those with `times` used up are disarmed. `kinds` limits it to some kinds, so that
	 * faults which act before the body is read can be taken first.
	 */
	take(provider: ProviderName, operation: string, path: string, kinds?: (kind: FaultKind) => boolean): Fault[] {
		const taken: Fault[] = [];
		for (const entry of [...this.armed]) {
			const { fault } = entry;
			if (kinds !== undefined && !kinds(fault.kind)) continue;
			if (fault.provider !== undefined && fault.provider !== provider) continue;
			if (fault.operation !== '*' && fault.operation !== operation) continue;
			if (fault.path !== undefined && !path.includes(fault.path)) continue;
			if (++entry.seen <= fault.skip) continue;
			entry.applied++;
			taken.push(fault);
			if (fault.times > 0 && entry.applied >= fault.times) this.armed.splice(this.armed.indexOf(entry), 1);
		}
		return taken;
	}
}
