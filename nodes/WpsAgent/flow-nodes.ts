import type { AnswerChange } from '../shared/answer/answer-change';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/**
 * The nodes of a flow, as `vertices_sorted` and `end_vertex` report them (`docs/apis/wps.md §5.1`). Each is a step;
 * what it put out is never the answer, which comes in messages.
 */
export class FlowNodes {
	private readonly running = new Set<string>();
	private readonly failures = new Map<string, ProviderComplaint>();
	private readonly names = new Map<string, string>();

	/** Notes a node's name, which only its messages contain. */
	name(id: string, name: string | undefined): void {
		if (name !== undefined) this.names.set(id, name);
	}

	/** `vertices_sorted`: the flow begins with the nodes in `ids`. */
	sorted(data: JsonObject): AnswerChange[] {
		return this.begun(idsIn(data.ids));
	}

	/** `end_vertex`: a node has ended, and others may begin. */
	ended(data: JsonObject): AnswerChange[] {
		const build = isJsonObject(data.build_data) ? data.build_data : data;
		const id = textMember(build, 'id');
		if (id === undefined) return [];
		const began = this.begun([id]);
		this.running.delete(id);
		const result = isJsonObject(build.data) ? build.data : {};
		const failure = build.valid === false ? failureIn(build, result) : undefined;
		if (failure === undefined) this.failures.delete(id);
		else this.failures.set(id, { text: `${this.nameOf(id)}: ${failure}` });
		const step = {
			name: this.nameOf(id),
			output: failure ?? outputIn(result),
			status: failure === undefined ? ('completed' as const) : ('failed' as const),
			durationMs: durationIn(result),
		};
		return [...began, { kind: 'stepEnded', key: keyOf(id), step }, ...this.begun(idsIn(build.next_vertices_ids))];
	}

	/** Why a node failed that did not succeed later either. Langflow ends such a flow with an ordinary `end`. */
	get failure(): ProviderComplaint | undefined {
		return [...this.failures.values()].at(-1);
	}

	private begun(ids: string[]): AnswerChange[] {
		return ids
			.filter((id) => !this.running.has(id))
			.map((id) => {
				this.running.add(id);
				const step = { kind: 'node', name: this.nameOf(id), input: null };
				return { kind: 'stepStarted', key: keyOf(id), step };
			});
	}

	private nameOf(id: string): string {
		return this.names.get(id) ?? id;
	}
}

/** True for a node that `end_vertex` calls valid, or says nothing about. */
export function validNodeIn(data: JsonObject): string | undefined {
	const build = isJsonObject(data.build_data) ? data.build_data : data;
	return build.valid === false ? undefined : textMember(build, 'id');
}

const keyOf = (id: string) => `node/${id}`;

const idsIn = (value: JsonValue | undefined): string[] =>
	Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];

/** Langflow puts the text of an exception where the parameters of the node stand otherwise. */
function failureIn(build: JsonObject, result: JsonObject): string {
	return textMember(build, 'error', 'params') ?? outputIn(result) ?? 'failed';
}

/** The text that a node put out, where one of its outputs or results is text or a message. */
function outputIn({ outputs, results, message }: JsonObject): string | null {
	const holders = [outputs, results].flatMap((each) => (isJsonObject(each) ? Object.values(each) : []));
	for (const each of [...holders, message ?? null]) {
		const text = textIn(each, 3);
		if (text !== undefined) return text;
	}
	return null;
}

function textIn(value: JsonValue | undefined, depth: number): string | undefined {
	if (typeof value === 'string') return value === '' ? undefined : value;
	if (!isJsonObject(value) || depth === 0) return undefined;
	for (const name of ['text', 'message', 'errorMessage', 'data']) {
		const text = textIn(value[name], depth - 1);
		if (text !== undefined) return text;
	}
	return undefined;
}

/** Seconds as a number; other versions have a text like "1.2 seconds" only. */
function durationIn({ timedelta, duration }: JsonObject): number | null {
	if (typeof timedelta === 'number') return Math.round(timedelta * 1000);
	const seconds = typeof duration === 'string' ? /^([\d.]+) ?s(?:econds?)?$/.exec(duration.trim())?.[1] : undefined;
	return seconds === undefined || Number.isNaN(Number(seconds)) ? null : Math.round(Number(seconds) * 1000);
}
