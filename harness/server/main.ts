import { randomBytes } from 'node:crypto';
import { startSandbox } from '../../sandbox';
import { N8nApi, type Owner } from './api';
import { unpackPackage } from './built-package';
import { importExamples } from './examples';
import { installN8n } from './install';
import { sandboxCredentials } from './sandbox-credentials';
import { startN8n } from './server';
import { onStopSignal } from './server-process';

const report = (line: string) => console.log(line);

/** Everything that has to be undone, the last first. */
class Undo {
	private readonly steps: Array<() => Promise<void>> = [];

	add(step: () => Promise<void>): void {
		this.steps.unshift(step);
	}

	async all(): Promise<void> {
		for (const step of this.steps.splice(0)) await step();
	}
}

async function main(undo: Undo): Promise<void> {
	const runtime = await installN8n(report);
	if (process.argv.includes('--install')) return;
	const unpacked = await unpackPackage(report);
	undo.add(unpacked.remove);
	const sandbox = await startSandbox({ pace: 20 });
	undo.add(async () => await sandbox.close());
	report('Starting n8n; this takes about ten seconds');
	const port = process.env.PORT === undefined ? undefined : Number(process.env.PORT);
	const n8n = await startN8n({ runtime, extensionsDir: unpacked.folder, port });
	undo.add(async () => await n8n.remove());

	const api = new N8nApi(n8n.url);
	const owner: Owner = {
		email: 'demo@example.com',
		password: `Demo-${randomBytes(6).toString('hex')}-1`,
		firstName: 'Demo',
		lastName: 'User',
	};
	await api.setUpOwner(owner);
	const fields = Object.entries(sandboxCredentials(sandbox));
	const credentials = await Promise.all(
		fields.map(async ([type, data]) => await api.createCredential(`Sandbox: ${type}`, type, data)),
	);
	const oAuth2 = credentials.find(({ type }) => type === 'wpsOAuth2Api');
	if (oAuth2) await api.connectOAuth2(oAuth2.id);
	const workflows = await importExamples(api, credentials);

	report('');
	report(`  n8n        ${n8n.url}`);
	report(`  sign in    ${owner.email}  ${owner.password}`);
	report(`  sandbox    ${sandbox.reportify.url}/__sandbox (what it understands, and every request it got)`);
	report(`  workflows  ${workflows.map(({ name }) => name).join(', ') || '(none in examples/)'}`);
	report('');
	report('Everything runs on this computer only. Ctrl-C stops n8n and the sandbox and deletes their data.');
}

const undo = new Undo();
onStopSignal(async () => {
	report('\nStopping');
	await undo.all();
});
main(undo).catch(async (error: Error) => {
	console.error(error.message);
	await undo.all();
	process.exit(1);
});
