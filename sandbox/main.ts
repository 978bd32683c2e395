import { parse } from 'node:path';
import { parseArgs } from 'node:util';

import { PROVIDER_NAMES } from './provider-name';
import type { SandboxRequest } from './request-log';
import { startSandbox, type Sandbox } from './sandbox';
import { recordedRun } from './scripts/recorded-run';

/** Events per second for people who watch; tests use 0. */
const DEFAULT_PACE = '40';
const DEFAULT_PORTS = '8791,8792,8793';

const HELP = `Local stand-ins for Reportify, WPS and AI-DOL.

  --ports 8791,8792,8793   ports of Reportify, WPS, AI-DOL   (or SANDBOX_PORTS)
  --pace 40                events per second, 0 = at once    (or SANDBOX_PACE)
  --script report          answer to messages without marker (or SANDBOX_SCRIPT)
  --replay run.ndjson      events to play as [script: run], one JSON text per line; may be given several times
  --settings '{"wps":{"growth":"token"}}'  see README.md     (or SANDBOX_SETTINGS)
  --quiet                  do not print requests`;

function line(request: SandboxRequest): string {
	const { provider, method, path, status, eventsSent, outcome, refusal, faults } = request;
	const time = new Date(request.at).toTimeString().slice(0, 8);
	const notes = [
		eventsSent > 0 ? `${eventsSent} events` : '',
		outcome === 'answered' ? '' : (outcome ?? ''),
		faults.length > 0 ? `faults: ${faults.join(', ')}` : '',
		refusal === undefined ? '' : `refused: ${refusal}`,
	].filter(Boolean);
	return [`${time} ${provider} ${method} ${path} → ${status ?? 'no response'}`, ...notes].join(' | ');
}

function welcome(sandbox: Sandbox): string {
	const { reportify, wps, aidol } = sandbox.settings;
	return `The sandbox is running. Paste these into n8n credentials:

Reportify
  Base URL      ${sandbox.reportify.url}
  API Key       ${reportify.apiKeys[0]}

WPS (OAuth2: log in with Client ID = Access Key, Client Secret = Secret Key; or paste the access token)
  Base URL      ${sandbox.wps.url}
  Access Key    ${wps.accessKey}
  Secret Key    ${wps.secretKey}
  Access Token  ${wps.accessTokens[0]}
  App ID        any, for example app1

AI-DOL
  Base URL      ${sandbox.aidol.url}
  API Key       ${aidol.apiKey}
  API Secret    ${aidol.apiSecret}
  User ID       any, for example user-1
  Agent ID      ${aidol.agents[0]?.id}

Write a marker into the message to choose what happens:
  [script: short]  [script: single agent]  [script: documented run]  [script: tokens 2000]  [script: long 5MB]  [pace: 10]
  [fault: cut after 3 events]  [fault: stall after 5 events]  [fault: status 429 retry after 2]
All of them: ${sandbox.reportify.url}/__sandbox

Try:
  curl -s ${sandbox.reportify.url}/v1/agent/conversations -H 'Authorization: Bearer ${reportify.apiKeys[0]}' \\
    -H 'Content-Type: application/json' -d '{}'
  curl -N ${sandbox.reportify.url}/v1/agent/conversations/<id>/chat -H 'Authorization: Bearer ${reportify.apiKeys[0]}' \\
    -H 'Content-Type: application/json' -d '{"message":"Hi [script: short]"}'
  curl -s ${sandbox.wps.url}/oauth2/token -d 'grant_type=client_credentials&client_id=${wps.accessKey}&client_secret=${wps.secretKey}'
  curl -s ${sandbox.reportify.url}/__sandbox/faults -d '{"kind":"cut","afterEvents":3}'
  curl -s ${sandbox.reportify.url}/__sandbox/requests
`;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			ports: { type: 'string', default: process.env.SANDBOX_PORTS ?? DEFAULT_PORTS },
			pace: { type: 'string', default: process.env.SANDBOX_PACE ?? DEFAULT_PACE },
			script: { type: 'string', default: process.env.SANDBOX_SCRIPT ?? 'report' },
			settings: { type: 'string', default: process.env.SANDBOX_SETTINGS ?? '{}' },
			replay: { type: 'string', multiple: true, default: [] },
			quiet: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const numbers = values.ports.split(',').map(Number);
	const ports = Object.fromEntries(PROVIDER_NAMES.map((name, i) => [name, numbers[i] ?? 0]));
	const { pace, script } = values;
	const sandbox = await startSandbox({ ...JSON.parse(values.settings), ports, pace: Number(pace), script });
	for (const file of values.replay) sandbox.scripts.register(parse(file).name, recordedRun(file));
	if (!values.quiet) {
		sandbox.onRequest((request) => {
			void request.until(() => request.outcome !== undefined).then(() => console.log(line(request)));
		});
	}
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
	console.log(welcome(sandbox));
}

main().catch((error: NodeJS.ErrnoException) => {
	const busy = error.code === 'EADDRINUSE' ? ' Another program uses that port; choose others with --ports.' : '';
	console.error(`The sandbox could not start: ${error.message}.${busy}`);
	process.exitCode = 1;
});
