import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ChatMessage {
	role: 'system' | 'user' | 'assistant' | 'tool';
	content: string | null;
}

interface ChatRequest {
	messages: ChatMessage[];
	stream?: boolean;
	tools?: Array<{ function: { name: string; description: string; parameters: Record<string, unknown> } }>;
}

/** What the stand-in "thinks": the first time it calls the only tool with these arguments, then it repeats the result. */
export interface ModelPlan {
	toolArguments: Record<string, unknown>;
}

/**
 * A local language model behind OpenAI's chat completions API, just able to call a tool and to answer with what the tool
 * gave. It serves n8n's "OpenAI Chat Model" node.
 */
export class OpenAiStandIn {
	/** Every completion that was asked for. */
	readonly requests: ChatRequest[] = [];
	private plan: ModelPlan = { toolArguments: {} };
	private readonly server = createServer((request, response) => void this.serve(request, response));

	static async start(): Promise<OpenAiStandIn> {
		const standIn = new OpenAiStandIn();
		await new Promise<void>((resolve) => standIn.server.listen(0, '127.0.0.1', resolve));
		return standIn;
	}

	/** For the credential's *Base URL*. */
	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	prepare(plan: ModelPlan): void {
		this.plan = plan;
		this.requests.length = 0;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let text = '';
		for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
		if (!request.url?.endsWith('/chat/completions')) {
			response.writeHead(404).end();
			return;
		}
		const asked = JSON.parse(text) as ChatRequest;
		this.requests.push(asked);
		const toolResult = asked.messages.filter(({ role }) => role === 'tool').at(-1);
		const [tool] = asked.tools ?? [];
		const delta =
			tool && !toolResult
				? {
						role: 'assistant',
						content: null,
						tool_calls: [
							{
								index: 0,
								id: `call_${this.requests.length}`,
								type: 'function',
								function: { name: tool.function.name, arguments: JSON.stringify(this.plan.toolArguments) },
							},
						],
					}
				: { role: 'assistant', content: `The tool said: ${toolResult?.content ?? 'nothing'}` };
		const finish_reason = 'tool_calls' in delta ? 'tool_calls' : 'stop';
		const common = { id: `completion-${this.requests.length}`, created: 1_700_000_000, model: 'stand-in' };
		const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
		if (asked.stream) {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const object = 'chat.completion.chunk';
			const events = [
				{ ...common, object, choices: [{ index: 0, delta, finish_reason: null }] },
				{ ...common, object, choices: [{ index: 0, delta: {}, finish_reason }], usage },
			];
			for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
			response.end('data: [DONE]\n\n');
			return;
		}
		const body = {
			...common,
			object: 'chat.completion',
			choices: [{ index: 0, message: delta, finish_reason }],
			usage,
		};
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	}
}
