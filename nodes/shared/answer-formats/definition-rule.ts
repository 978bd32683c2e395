import type { BlockRule, Token } from './libraries';
import type { LinkDefinition } from './syntax-tree';

/** What a link definition may lead to. Everything else is a text that has a colon: `[任务]: 完成报表`. */
const ADDRESS = /^(?:https?:\/\/|ftp:\/\/|mailto:|tel:|\/\/|www\.|\.{0,2}\/)[^\s/]/i;

interface References {
	references?: Record<string, { title: string; href: string }>;
}

/**
 * The parser's rule for link definitions, but only for addresses. CommonMark takes any word for one: as Chinese has no
 * blanks, nearly every line `[…]: …` would vanish.
 */
export function definitionOfAddress(reference: BlockRule): BlockRule {
	return (state, startLine, endLine, silent) => {
		const start = state.bMarks[startLine]! + state.tShift[startLine]!;
		if (state.src[start] !== '[') return false;
		const environment = state.env as References;
		const seen = environment.references;
		const { line } = state;
		const tokens = state.tokens.length;
		const found: NonNullable<References['references']> = {};
		environment.references = found;
		const matched = reference(state, startLine, endLine, silent);
		environment.references = seen;
		const [key, target] = Object.entries(found)[0] ?? [];
		if (!matched || key === undefined || target === undefined) return false;
		if (!ADDRESS.test(target.href)) {
			state.tokens.length = tokens;
			state.line = line;
			return false;
		}
		environment.references ??= Object.create(null) as NonNullable<References['references']>;
		environment.references[key] ??= target;
		const label = /^\[((?:\\.|[^\]\\])*)\]/.exec(state.src.slice(start, start + 2_000))?.[1] ?? key;
		const definition: LinkDefinition = { key, label: label.trim(), url: target.href, title: target.title || null };
		state.tokens.at(-1)!.meta = { ...definition };
		return true;
	};
}

/** The definition that a `reference_definition` token of this rule stands for. */
export function definitionIn(token: Token): LinkDefinition {
	return token.meta as unknown as LinkDefinition;
}
