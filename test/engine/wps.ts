import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { createEngine, type RunOptions, type RunResult } from '../../harness/engine/engine';
import { type Sandbox, type SandboxOptions, type SettingsPatch, startSandbox } from '../../sandbox';
import { WpsSettings } from '../../sandbox/wps/settings';

export type RunExtras = Omit<Partial<RunOptions>, 'node'> & { node?: Partial<RunOptions['node']> };

/** The WPS Agent node of the built package in n8n's engine, against the sandbox, which checks every signature. */
export interface WpsBench {
	sandbox: Sandbox;
	engine: Awaited<ReturnType<typeof createEngine>>;
	configure(settings: NonNullable<SettingsPatch['wps']>): void;
	/** Runs the node once, with an access token; `extra.node` may set `onError`, `retryOnFail` and the like. */
	run(parameters: object, extra?: RunExtras): Promise<RunResult>;
	send(parameters?: object, extra?: RunExtras): Promise<RunResult>;
	/** A conversation made beforehand; its id. */
	newConversation(): Promise<string>;
	/** How often the question was asked, whatever was answered; not at an unknown path or with a refused token. */
	questions(): number;
	/** Requests so far, like `POST /v7/…`. */
	log(): string[];
	accessToken(more?: ICredentialDataDecryptedObject): Record<string, ICredentialDataDecryptedObject>;
	/** A connected account, with tokens of the sandbox. */
	oAuth2(more?: ICredentialDataDecryptedObject): Promise<Record<string, ICredentialDataDecryptedObject>>;
}

export const APP = 'AK20250509XYZ';
const REDIRECT = 'http://127.0.0.1:5678/rest/oauth2-credential/callback';
const DEFAULTS = WpsSettings.parse({});

/** To be called at the top of a test file: starts before all tests, resets before each, stops after all. */
export function wpsBench(options: SandboxOptions = {}): WpsBench {
	const bench = {} as WpsBench;

	beforeAll(async () => {
		bench.sandbox = await startSandbox(options);
		bench.engine = await createEngine(join(__dirname, '../..'));
	});
	afterAll(async () => await bench.sandbox.close());
	beforeEach(() => {
		bench.sandbox.reset();
		bench.sandbox.configure({ wps: DEFAULTS });
	});

	const common = () => ({
		baseUrl: bench.sandbox.wps.url,
		signRequests: true,
		accessKey: 'sandbox-app',
		secretKey: 'sandbox-secret',
		apiGeneration: 'auto',
	});
	bench.configure = (wps) => bench.sandbox.configure({ wps });
	bench.accessToken = (more = {}) => ({
		wpsAccessTokenApi: { ...common(), accessToken: 'sandbox-user-token', ...more },
	});
	bench.oAuth2 = async (more = {}) => {
		const oauthTokenData = await tokensOf(bench.sandbox.wps.url);
		bench.sandbox.clearRequests();
		return {
			wpsOAuth2Api: {
				...common(),
				...{ accessKey: '', secretKey: '', clientId: 'sandbox-app', clientSecret: 'sandbox-secret' },
				...{ grantType: 'authorizationCode', authentication: 'body' },
				scope: 'kso.devhub_chat.readwrite,kso.devhub_session.readwrite',
				authUrl: `${bench.sandbox.wps.url}/oauth2/auth`,
				accessTokenUrl: `${bench.sandbox.wps.url}/oauth2/token`,
				oauthTokenData,
				...more,
			},
		};
	};
	bench.run = async (parameters, extra = {}) => {
		const credentials = extra.credentials ?? bench.accessToken();
		const authentication = 'wpsOAuth2Api' in credentials ? 'oAuth2' : 'accessToken';
		return await bench.engine.run({
			...extra,
			credentials,
			node: {
				type: 'n8n-nodes-agent-conversations.wpsAgent',
				...extra.node,
				parameters: { authentication, appId: APP, ...parameters, ...patience(parameters) },
			},
		});
	};
	bench.send = async (parameters = {}, extra) =>
		await bench.run({ resource: 'message', operation: 'send', message: 'hello [script: short]', ...parameters }, extra);
	bench.newConversation = async () => {
		const { items } = await bench.run({ resource: 'conversation', operation: 'create' });
		bench.sandbox.clearRequests();
		return String(items[0]?.json.conversationId);
	};
	bench.questions = () =>
		bench.sandbox
			.findRequests({ method: 'POST', path: /\/chats?\/create$/ })
			.filter(({ status, refusal }) => status !== 404 && refusal === undefined).length;
	bench.log = () => bench.sandbox.requests.map(({ method, path }) => `${method} ${path}`);
	return bench;
}

/** A list of messages has to stay the same for half the idle timeout, at most ten seconds: too long for tests. */
function patience(parameters: { resource?: string; options?: object }): object {
	return parameters.resource === 'message' ? { options: { idleTimeout: 4, ...parameters.options } } : {};
}

/** Tokens by way of an authorization code, as n8n gets them when an account is connected. */
async function tokensOf(url: string): Promise<IDataObject> {
	const query = new URLSearchParams({
		...{ client_id: 'sandbox-app', response_type: 'code', redirect_uri: REDIRECT, state: 's' },
		scope: 'kso.devhub_chat.readwrite,kso.devhub_session.readwrite',
	});
	const { headers } = await fetch(`${url}/oauth2/auth?${query}`, { redirect: 'manual' });
	const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
	const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
	const body = new URLSearchParams({ ...form, client_id: 'sandbox-app', client_secret: 'sandbox-secret' });
	return (await (await fetch(`${url}/oauth2/token`, { method: 'POST', body })).json()) as IDataObject;
}

/** The error member of an error item. */
export const errorIn = (json: IDataObject | undefined) => json?.error as IDataObject;
