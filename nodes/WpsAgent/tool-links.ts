import type { Source } from '../shared/answer-formats';
import type { AnswerStep } from '../shared/answer/answer-change';
import { isJsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';

/** A page that a tool returned. */
export interface ToolLink {
	title: string | null;
	url: string;
}

/** Agents search the web in pages of ten; what lists more is no list of sources. */
const MOST_LINKS = 200;
const DEEPEST = 8;

/**
 * The pages in what a tool put out (`output` of a step of the kind `tool`). WPS publishes no form for it: every object
 * with an address counts, in the order of the output, each address once. JSON text is looked into as well.
 */
export function toolLinks(output: JsonValue): ToolLink[] {
	const links = new Map<string, ToolLink>();
	collect(output, links, 0);
	return [...links.values()];
}

/** The pages that the tools of an agent returned, as sources (`docs/apis/wps.md §5.3`: items of the type `tool_use`). */
export async function toolSources(steps: readonly AnswerStep[]): Promise<Source[]> {
	const links = steps
		.filter(({ kind, status }) => kind === 'tool' && status !== 'failed')
		.flatMap(({ output }) => toolLinks(output));
	return links.map(({ title, url }) => ({ title: title ?? url, url, id: null, publishedAt: null, from: 'tool' }));
}

function collect(value: JsonValue, links: Map<string, ToolLink>, depth: number): void {
	if (depth > DEEPEST || links.size >= MOST_LINKS) return;
	if (typeof value === 'string') {
		const parsed = /^\s*[{[]/.test(value) ? tryParseJson(value) : undefined;
		if (parsed !== undefined) collect(parsed, links, depth + 1);
		return;
	}
	if (Array.isArray(value)) return value.forEach((each) => collect(each, links, depth + 1));
	if (!isJsonObject(value)) return;
	const url = textMember(value, 'url', 'link', 'href', 'source_url');
	if (url !== undefined && /^https?:\/\//i.test(url) && !links.has(url)) {
		links.set(url, { title: textMember(value, 'title', 'name') ?? null, url });
	}
	for (const member of Object.values(value)) collect(member, links, depth + 1);
}
