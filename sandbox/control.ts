import { FAULT_PHRASES } from './fault-markers';
import type { FaultBook } from './faults';
import type { Reply } from './provider';
import { PROVIDER_NAMES, type ProviderName } from './provider-name';
import type { RequestQuery, SandboxRequest } from './request-log';
import type { ScriptShelf } from './scripts/choice';
import { NAMED_SCRIPTS } from './scripts/library';
import { ScriptSchema } from './scripts/script';
import type { Control } from './server';
import type { SandboxSettings, SettingsPatch } from './settings';

function reply(status: number, value: unknown): Reply {
	const text = `${JSON.stringify(value, null, '\t')}\n`;
	return { status, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: text };
}

/** What of a sandbox can be controlled from outside. */
export interface Controlled extends Record<ProviderName, { readonly url: string }> {
	readonly faults: FaultBook;
	readonly scripts: ScriptShelf;
	readonly wpsStore: { readonly tokens: { expireAll(): void } };
	readonly settings: Readonly<SandboxSettings>;
	configure(patch: SettingsPatch): void;
	readonly requests: readonly SandboxRequest[];
	findRequests(query: RequestQuery): SandboxRequest[];
	waitForRequest(query: RequestQuery, options: { nth: number; timeoutMs: number }): Promise<SandboxRequest>;
	closedByClient(request: SandboxRequest, options: { timeoutMs: number }): Promise<unknown>;
	clearRequests(): void;
	release(gate: string): void;
	reset(): void;
}

/** The sandbox's remote control, the same under every provider's base URL: `/__sandbox/…` (see README.md). */
export function controlOf(sandbox: Controlled): Control {
	return async (method, url, readBody, gone) => {
		const body = async (): Promise<unknown> => {
			const text = (await readBody()).toString('utf8');
			return text.trim() === '' ? {} : JSON.parse(text);
		};
		const name = url.pathname.replace(/^\/__sandbox\/?/, '');
		try {
			switch (`${method} ${name}`) {
				case 'GET ':
					return reply(200, overview(sandbox));
				case 'GET requests':
					return reply(200, await requests(sandbox, url.searchParams, gone));
				case 'DELETE requests':
					sandbox.clearRequests();
					return reply(200, { ok: true });
				case 'GET faults':
					return reply(200, { faults: sandbox.faults.armed });
				case 'POST faults': {
					const given = await body();
					const list = Array.isArray(given) ? given : [given];
					return reply(200, { faults: list.map((fault) => sandbox.faults.add(fault)) });
				}
				case 'DELETE faults':
					sandbox.faults.clear();
					return reply(200, { ok: true });
				case 'GET settings':
					return reply(200, sandbox.settings);
				case 'PATCH settings':
					sandbox.configure((await body()) as SettingsPatch);
					return reply(200, sandbox.settings);
				case 'POST scripts': {
					const { name: script, ...rest } = (await body()) as { name?: string; script?: string };
					// `{name, steps}` registers, `{steps}` or `{script: "tokens 5"}` is for the next message.
					if (typeof script === 'string') sandbox.scripts.register(script, ScriptSchema.parse(rest));
					else sandbox.scripts.next(rest.script ?? ScriptSchema.parse(rest));
					return reply(200, { ok: true });
				}
				case 'POST release': {
					const { gate } = (await body()) as { gate?: string };
					if (typeof gate !== 'string') throw new Error('Say which gate to open: {"gate": "name"}');
					sandbox.release(gate);
					return reply(200, { ok: true });
				}
				case 'POST expire-tokens':
					sandbox.wpsStore.tokens.expireAll();
					return reply(200, { ok: true });
				case 'POST reset':
					sandbox.reset();
					return reply(200, { ok: true });
				default:
					return reply(404, { error: `No such control: ${method} ${url.pathname}. See GET /__sandbox.` });
			}
		} catch (error) {
			return reply(400, { error: error instanceof Error ? error.message : String(error) });
		}
	};
}

function overview(sandbox: Controlled): unknown {
	return {
		providers: Object.fromEntries(PROVIDER_NAMES.map((name) => [name, { url: sandbox[name].url }])),
		markers: {
			scripts: Object.fromEntries(NAMED_SCRIPTS.map(({ example, meaning }) => [`[script: ${example}]`, meaning])),
			faults: Object.fromEntries(FAULT_PHRASES.map(({ example, meaning }) => [`[fault: ${example}]`, meaning])),
			pace: { '[pace: 30]': 'events per second' },
		},
		control: [
			'GET /__sandbox/requests?provider=&operation=&method=&path=<regexp>&nth=&waitMs=&closed=true',
			'DELETE /__sandbox/requests',
			'GET|POST|DELETE /__sandbox/faults',
			'GET|PATCH /__sandbox/settings',
			'POST /__sandbox/scripts',
			'POST /__sandbox/release {"gate":"name"}',
			'POST /__sandbox/expire-tokens (WPS)',
			'POST /__sandbox/reset',
		],
		faults: sandbox.faults.armed,
		requests: sandbox.requests.length,
	};
}

/** `waitMs` makes it wait for the `nth` match; `closed=true` waits further until the client has closed its connection. */
async function requests(sandbox: Controlled, query: URLSearchParams, gone: AbortSignal): Promise<unknown> {
	const provider = query.get('provider');
	if (provider !== null && !isProviderName(provider)) throw new Error(`provider: one of ${PROVIDER_NAMES.join(', ')}`);
	const path = query.get('path');
	const wanted: RequestQuery = {
		provider: provider ?? undefined,
		operation: query.get('operation') ?? undefined,
		method: query.get('method') ?? undefined,
		path: path === null ? undefined : new RegExp(path),
	};
	const waitMs = Number(query.get('waitMs') ?? 0);
	if (waitMs > 0) {
		const nth = Number(query.get('nth') ?? 1);
		const request = await sandbox.waitForRequest(wanted, { nth, timeoutMs: waitMs });
		if (query.get('closed') === 'true') {
			await Promise.race([
				sandbox.closedByClient(request, { timeoutMs: waitMs }),
				new Promise((resolve) => gone.addEventListener('abort', resolve, { once: true })),
			]);
		}
	}
	return { requests: sandbox.findRequests(wanted) };
}

function isProviderName(name: string): name is ProviderName {
	return (PROVIDER_NAMES as readonly string[]).includes(name);
}
