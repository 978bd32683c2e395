import type { IExecuteSingleFunctions } from 'n8n-workflow';
import type { FollowedAnswer } from '../../nodes/shared/following/follow';
import type { JsonValue } from '../../nodes/shared/json/json';
import { tellTokens, tokensIn } from '../../nodes/shared/n8n/token-usage';

const tokens = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });

test.each<[string, JsonValue, ReturnType<typeof tokensIn>]>([
	['Anthropic, OpenAI Responses', { input_tokens: 5, output_tokens: 7, total_tokens: 12 }, tokens(5, 7)],
	['OpenAI Chat, Dify', { prompt_tokens: 5, completion_tokens: 7, total_price: '0.1' }, tokens(5, 7)],
	['Vercel', { promptTokens: 5, completionTokens: 7 }, tokens(5, 7)],
	['n8n', { inputTokens: 5, outputTokens: 7 }, tokens(5, 7)],
	['Google', { promptTokenCount: 5, candidatesTokenCount: 7 }, tokens(5, 7)],
	['Coze', { token_count: 12, input_count: 5, output_count: 7 }, tokens(5, 7)],
	['inside', { model: 'm', usage: { input_tokens: 5, output_tokens: 7 } }, tokens(5, 7)],
	['inside, another name', { token_usage: { prompt_tokens: 5, completion_tokens: 7 } }, tokens(5, 7)],
	['one of them', { output_tokens: 7 }, tokens(0, 7)],
	['none', { input_tokens: 0, output_tokens: 0 }, tokens(0, 0)],
	['only a total', { total_tokens: 12 }, undefined],
	['text', { input_tokens: '5', output_tokens: '7' }, undefined],
	['what cannot be', { input_tokens: -1, output_tokens: 1.5 }, undefined],
	['null', null, undefined],
	['a list', [{ input_tokens: 5 }], undefined],
	['a text', '5 tokens', undefined],
])('the tokens that a provider tells: %s', (_, usage, expected) => {
	expect(tokensIn(usage)).toEqual(expected);
});

/** What a node's context is in n8n, as far as it matters here. */
function contextWith(more: object): IExecuteSingleFunctions {
	const execution = { metadata: undefined as unknown };
	return {
		getExecuteData: () => execution,
		setMetadata: (metadata: object) => (execution.metadata = metadata),
		logger: { warn: jest.fn() },
		...more,
	} as unknown as IExecuteSingleFunctions;
}

const answer = () => ({ usage: { input_tokens: 5, output_tokens: 7 } }) as unknown as FollowedAnswer;
const told = (context: IExecuteSingleFunctions) => (context.getExecuteData() as { metadata?: unknown }).metadata;

test('the tokens of several answers are added up; those of one answer count once', () => {
	const context = contextWith({});
	const first = answer();
	tellTokens(context, first);
	tellTokens(context, first);
	tellTokens(context, answer());
	expect(told(context)).toEqual({ tokenUsage: tokens(10, 14) });
});

test.each<[string, object]>([
	['knows no metadata', { setMetadata: undefined }],
	[
		'takes none',
		{
			setMetadata: () => {
				throw new Error('no');
			},
		},
	],
	['has no execute data', { getExecuteData: () => undefined }],
])('an n8n that %s costs nothing', (_, more) => {
	expect(() => tellTokens(contextWith(more), answer())).not.toThrow();
});
