import { AiDolStandIn } from './aidol/provider';
import { controlOf } from './control';
import { FaultBook } from './faults';
import type { Call, Provider } from './provider';
import type { ProviderName } from './provider-name';
import { ReportifyStandIn } from './reportify/provider';
import { RequestLog, type RequestQuery, type SandboxRequest } from './request-log';
import { Gates, type RunOptions } from './run';
import { ScriptShelf } from './scripts/choice';
import { ProviderServer } from './server';
import { withSettings, type SandboxSettings, type SettingsPatch } from './settings';
import { WpsStandIn } from './wps/provider';

/** How to start the sandbox. All settings may be given here and changed later with `configure`. */
export interface SandboxOptions extends SettingsPatch {
	/** Fixed ports; a provider without one gets a free port. */
	ports?: Partial<Record<ProviderName, number>>;
}

/** How long to wait, and for which match. */
export interface WaitOptions {
	/** 1 = first match since the log was cleared (default). */
	nth?: number;
	/** Default 10 000. */
	timeoutMs?: number;
}

/** One provider's listener. */
export interface ProviderAddress {
	/** Base URL for the credential, without a slash at the end. */
	readonly url: string;
	/** Stop listening and break all connections (clients get ECONNREFUSED); runs go on. */
	offline(): Promise<void>;
	/** Listen again on the same port. */
	online(): Promise<void>;
}

/** A running sandbox: three listeners on 127.0.0.1, one request log, one book of faults. */
export class Sandbox {
	/** Arm, list and clear faults: `sandbox.faults.add({ kind: 'cut', afterEvents: 3 })`. */
	readonly faults = new FaultBook();
	/** Register scripts for `[script: name]` and queue one for the next message. */
	readonly scripts = new ScriptShelf();
	/** The Reportify stand-in's store of uploaded documents and generated files. */
	readonly reportifyStore: ReportifyStandIn;
	/** The WPS stand-in; `wpsStore.tokens.expireAll()` lets all issued access tokens expire. */
	readonly wpsStore: WpsStandIn;
	/** The AI-DOL stand-in and its answers. */
	readonly aidolStore: AiDolStandIn;

	private current: SandboxSettings;
	private readonly log = new RequestLog();
	private readonly gates = new Gates();
	private readonly providers: Readonly<Record<ProviderName, Provider>>;
	private readonly servers: Readonly<Record<ProviderName, ProviderServer>>;

	/** Use `startSandbox`. */
	constructor(settings: SettingsPatch) {
		this.current = withSettings({}, settings);
		const control = controlOf(this);
		const script = (message: string) => this.scripts.choose(message, this.current.script);
		const run = (call: Call, pace = this.current.pace): RunOptions => ({
			pace,
			gates: this.gates,
			faults: call.faults,
		});
		this.reportifyStore = new ReportifyStandIn({ settings: () => this.current.reportify, script, run });
		this.wpsStore = new WpsStandIn({ settings: () => this.current.wps, script, run });
		this.aidolStore = new AiDolStandIn({ settings: () => this.current.aidol, script, run });
		this.providers = { reportify: this.reportifyStore, wps: this.wpsStore, aidol: this.aidolStore };
		const server = (provider: Provider) => new ProviderServer(provider, this.log, this.faults, control);
		this.servers = {
			reportify: server(this.providers.reportify),
			wps: server(this.providers.wps),
			aidol: server(this.providers.aidol),
		};
	}

	get reportify(): ProviderAddress {
		return this.servers.reportify;
	}

	get wps(): ProviderAddress {
		return this.servers.wps;
	}

	get aidol(): ProviderAddress {
		return this.servers.aidol;
	}

	/** The settings in force; change them with `configure`. */
	get settings(): Readonly<SandboxSettings> {
		return this.current;
	}

	/** Changes some settings from now on: `configure({ reportify: { offsetReading: 'exclusive' } })`. Throws when one is wrong. */
	configure(patch: SettingsPatch): void {
		this.current = withSettings(this.current, patch);
	}

	/** Every request received, in order; the array stays the same object. */
	get requests(): readonly SandboxRequest[] {
		return this.log.all;
	}

	/** Calls the listener with every request as it arrives, until the returned function is called. */
	onRequest(listener: (request: SandboxRequest) => void): () => void {
		return this.log.onRequest(listener);
	}

	/** The requests that match, in order. */
	findRequests(query: RequestQuery): SandboxRequest[] {
		return this.log.find(query);
	}

	/** Resolves when the nth matching request was received in full; rejects with a list of what arrived instead. */
	async waitForRequest(query: RequestQuery, { nth = 1, timeoutMs }: WaitOptions = {}): Promise<SandboxRequest> {
		return await this.log.waitFor(query, nth, timeoutMs);
	}

	/** The same by method and raw request target: `requestTo('POST', /\/chat$/)`. */
	async requestTo(method: string, path: RegExp, options: WaitOptions = {}): Promise<SandboxRequest> {
		return await this.waitForRequest({ method, path }, options);
	}

	/** Resolves once this many events were written in answer to the request. */
	async eventsSent(
		request: SandboxRequest,
		count: number,
		options: Pick<WaitOptions, 'timeoutMs'> = {},
	): Promise<void> {
		await within(
			request.until(() => request.eventsSent >= count || request.outcome !== undefined),
			options.timeoutMs,
			() => `only ${request.eventsSent} of ${count} events were sent`,
		);
		if (request.eventsSent < count) {
			throw new Error(`The stream was over (${request.outcome}) after ${request.eventsSent} of ${count} events`);
		}
	}

	/** Resolves when the exchange is over, with how it ended. */
	async over(
		request: SandboxRequest,
		options: Pick<WaitOptions, 'timeoutMs'> = {},
	): Promise<SandboxRequest['outcome']> {
		await within(
			request.until(() => request.outcome !== undefined),
			options.timeoutMs,
			() => `${request.method} ${request.path} is still open`,
		);
		return request.outcome;
	}

	/** Resolves with the time (Unix ms) at which the client closed the connection; rejects when it ended otherwise. */
	async closedByClient(request: SandboxRequest, options: Pick<WaitOptions, 'timeoutMs'> = {}): Promise<number> {
		const outcome = await this.over(request, options);
		if (request.closedAt !== undefined) return request.closedAt;
		throw new Error(`The client did not close ${request.method} ${request.path}: it was ${outcome}`);
	}

	/** Resolves when a run waits at this gate (`hold` step, `late-terminal` fault, `cancelTakes`). */
	async held(gate: string, options: Pick<WaitOptions, 'timeoutMs'> = {}): Promise<void> {
		await within(this.gates.reached(gate), options.timeoutMs, () => `no run came to the gate "${gate}"`);
	}

	/** Opens a gate at which scripts (`hold`) or faults (`late-terminal`) wait; it stays open until `reset`. */
	release(gate: string): void {
		this.gates.release(gate);
	}

	clearRequests(): void {
		this.log.clear();
	}

	/** Forgets requests, faults, queued scripts, open gates, conversations and files. Settings stay. */
	reset(): void {
		this.log.clear();
		this.faults.clear();
		this.scripts.clearQueue();
		this.gates.reset();
		for (const provider of Object.values(this.providers)) provider.reset();
	}

	/** For `startSandbox`. */
	async listen(ports: Partial<Record<ProviderName, number>>): Promise<void> {
		const names = Object.keys(this.servers) as ProviderName[];
		await Promise.all(names.map(async (name) => await this.servers[name].listen(ports[name])));
	}

	/** Breaks all connections, stops all listeners. */
	async close(): Promise<void> {
		await Promise.all(Object.values(this.servers).map(async (server) => await server.offline()));
		for (const provider of Object.values(this.providers)) provider.reset(); // stops runs, whose timers would keep the process alive
	}
}

async function within(what: Promise<void>, timeoutMs = 10_000, problem: () => string): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs} ms: ${problem()}`)), timeoutMs);
	});
	try {
		await Promise.race([what, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Starts the stand-ins for all three providers; free ports unless `options.ports` says otherwise. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { ports = {}, ...settings } = options;
	const sandbox = new Sandbox(settings);
	try {
		await sandbox.listen(ports);
	} catch (error) {
		await sandbox.close();
		throw error;
	}
	return sandbox;
}
