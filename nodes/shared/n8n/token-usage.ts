import type { IExecuteSingleFunctions } from 'n8n-workflow';
import type { FollowedAnswer } from '../following/follow';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';

/** Tokens that an answer cost, in n8n's words. */
export interface TokenUsage {
	inputTokens: number;
	outputTokens: number;
}

/** The usual names, of OpenAI, Anthropic, Google, Dify and Coze; compared without case and underscores. */
const INPUT = ['inputtokens', 'prompttokens', 'prompttokencount', 'inputtokencount', 'inputcount'];
const OUTPUT = ['outputtokens', 'completiontokens', 'candidatestokencount', 'outputtokencount', 'outputcount'];
/** Where the counts stand, when they do not stand at the top. */
const HOLDERS = ['usage', 'tokenusage', 'usagemetadata'];

/** The tokens in what a provider says an answer cost; undefined where it does not say in a usual form. */
export function tokensIn(usage: JsonValue): TokenUsage | undefined {
	if (!isJsonObject(usage)) return undefined;
	const members = new Map(Object.entries(usage).map(([name, value]) => [plainName(name), value]));
	const inputTokens = countIn(members, INPUT);
	const outputTokens = countIn(members, OUTPUT);
	if (inputTokens !== undefined || outputTokens !== undefined) {
		return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
	}
	const holder = HOLDERS.map((name) => members.get(name)).find(isObject);
	return holder && tokensIn(holder);
}

const isObject = (value: JsonValue | undefined): value is JsonObject => value !== undefined && isJsonObject(value);

const plainName = (name: string) => name.replaceAll('_', '').toLowerCase();

function countIn(members: ReadonlyMap<string, JsonValue>, names: readonly string[]): number | undefined {
	const counts = names.map((name) => members.get(name));
	return counts.find(
		(count): count is number => typeof count === 'number' && Number.isSafeInteger(count) && count >= 0,
	);
}

/** Is missing from old n8n, and where n8n does not type it. */
interface WithMetadata {
	setMetadata?(metadata: { tokenUsage: TokenUsage }): void;
	getExecuteData(): { metadata?: { tokenUsage?: Partial<TokenUsage> } };
}

/** Answers whose tokens n8n knows: with Retry On Fail, the same answer is given again. */
const told = new WeakSet<FollowedAnswer>();

/**
 * Adds the tokens of an answer to what n8n knows of this run of the node, as n8n's own AI nodes do; n8n keeps them with the
 * execution (docs/compatibility.md, Tokens in n8n). Never throws: it is nothing that an answer may be lost for.
 */
export function tellTokens(context: IExecuteSingleFunctions, answer: FollowedAnswer): void {
	const tokens = tokensIn(answer.usage);
	if (tokens === undefined || told.has(answer)) return;
	told.add(answer);
	try {
		const n8n = context as unknown as WithMetadata;
		const { inputTokens = 0, outputTokens = 0 } = n8n.getExecuteData().metadata?.tokenUsage ?? {};
		n8n.setMetadata?.({
			tokenUsage: {
				inputTokens: inputTokens + tokens.inputTokens,
				outputTokens: outputTokens + tokens.outputTokens,
			},
		});
	} catch (error) {
		context.logger.warn(`n8n could not be told the tokens of an answer: ${String(error)}`);
	}
}
