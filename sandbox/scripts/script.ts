import { z } from 'zod';

/** One moment of a scripted answer, in neutral terms; each provider's dialect renders it as its own events. */
export type Step =
	/** A streamed piece of the answer. Pieces in a row belong to the same text block. */
	| { text: string }
	/** A tool call: start and end. */
	| { tool: string; input?: unknown; output?: unknown; error?: string }
	/** Ends the current text block and starts another, spoken by this node/agent. */
	| { block: string }
	/** The agent makes a file. */
	| { file: string; content: string; mediaType?: string; id?: string }
	/** A workflow inside the workflow, with an end of its own that does not end the answer. */
	| { workflow: string; steps: Step[] }
	/** The run fails with this message. */
	| { fail: string }
	/** A pause in ms. */
	| { waitMs: number }
	/** A pause until `sandbox.release(name)`. */
	| { hold: string }
	/** A provider event as is: an object (missing common fields are filled in where the provider has such) or exact JSON text. */
	| { raw: Record<string, unknown> | string };

/** A scripted answer. */
export interface Script {
	/** Shown in `GET /__sandbox`. */
	name?: string;
	steps: Step[];
	/**
	 * True: nothing but the steps is sent — no `init`, no `workflow_start`, and no terminal event either, unless a step is
	 * one. For scripting exact event sequences with `raw`.
	 */
	bare?: boolean;
	/** False: the answer's text is in the terminal event only and is not streamed. Default true. */
	streamed?: boolean;
	/** How Reportify plays it; the other providers have no such choice. */
	reportify?: ReportifyTelling;
}

/** How a run of Reportify is made up around the steps of a script (docs/apis/reportify.md §3d-2). */
export interface ReportifyTelling {
	/** A workflow of several agents, or one agent that speaks. Default: the setting `runForm`. */
	form?: 'workflow' | 'single agent';
	/** What the run results in. Default: one document with the text of the steps. */
	results?: RunResult[];
	/** The words of the end node; empty = it says nothing. */
	summary?: string;
	/** The run ends with this error on its last event. */
	endError?: string;
}

/** A document that a run results in. */
export interface RunResult {
	content: string;
	/** Default: the first heading. */
	title?: string;
	/** Default `markdown`. */
	filetype?: string;
	/** Default: the title. */
	filename?: string;
	/** The node that wrote it, which is its key in the output. */
	node?: string;
}

/** A script as people name it: registered name with arguments (`tokens 2000`), or the script itself. */
export type ScriptChoice = string | Script;

/**
 * A script for a message, given the marker's arguments and the message text without markers; `other` gives the script of
 * another name.
 */
export type ScriptMaker = (args: string, message: string, other: (choice: string) => Script) => Script;

const StepSchema: z.ZodType<Step> = z.lazy(() =>
	z.union([
		z.object({ text: z.string() }).strict(),
		z
			.object({ tool: z.string(), input: z.unknown(), output: z.unknown(), error: z.string().optional() })
			.strict() as z.ZodType<Step>,
		z.object({ block: z.string() }).strict(),
		z
			.object({ file: z.string(), content: z.string(), mediaType: z.string().optional(), id: z.string().optional() })
			.strict(),
		z.object({ workflow: z.string(), steps: z.array(StepSchema) }).strict(),
		z.object({ fail: z.string() }).strict(),
		z.object({ waitMs: z.number().min(0) }).strict(),
		z.object({ hold: z.string() }).strict(),
		z.object({ raw: z.union([z.record(z.unknown()), z.string()]) }).strict(),
	]),
);

/** Checks scripts that come in over HTTP. */
export const ScriptSchema: z.ZodType<Script> = z
	.object({
		name: z.string().optional(),
		steps: z.array(StepSchema),
		bare: z.boolean().optional(),
		streamed: z.boolean().optional(),
		reportify: z
			.object({
				form: z.enum(['workflow', 'single agent']).optional(),
				results: z
					.array(
						z
							.object({
								content: z.string(),
								title: z.string().optional(),
								filetype: z.string().optional(),
								filename: z.string().optional(),
								node: z.string().optional(),
							})
							.strict(),
					)
					.optional(),
				summary: z.string().optional(),
				endError: z.string().optional(),
			})
			.strict()
			.optional(),
	})
	.strict();

/** The whole answer text of a script, nested workflows included. */
export function textOf(steps: readonly Step[]): string {
	return steps
		.map((step) => {
			if ('text' in step) return step.text;
			return 'workflow' in step ? textOf(step.steps) : '';
		})
		.join('');
}

/**
 * Cuts a text into pieces like the tokens of a model: mostly a word or two Chinese characters each, never inside a
 * code point, but possibly between the code points of one emoji.
 */
export function tokens(text: string): string[] {
	return text.match(/\s*(?:[\p{Script=Han}]{1,2}|[\p{L}\p{N}]{1,7}|[^\p{L}\p{N}\s])|\s+$/gu) ?? [];
}

/** Cuts a text into pieces of `length` UTF-16 units, not inside a code point. */
export function pieces(text: string, length: number): string[] {
	const found: string[] = [];
	for (let from = 0; from < text.length;) {
		let to = Math.min(from + length, text.length);
		const last = text.charCodeAt(to - 1);
		if (to < text.length && last >= 0xd800 && last <= 0xdbff) to++;
		found.push(text.slice(from, to));
		from = to;
	}
	return found;
}
