import { randomBytes } from 'node:crypto';
import { N8nApi, type Owner } from '../../harness/server/api';
import { PUBLISHED_PREFIX } from '../../harness/server/examples';
import { installN8n } from '../../harness/server/install';
import { packPackages, startN8nWithInstalled } from '../../harness/server/installed-packages';
import { sandboxCredentials } from '../../harness/server/sandbox-credentials';
import { onStopSignal } from '../../harness/server/server-process';
import type { SavedCredential } from '../../harness/server/workflow';
import { startSandbox } from '../../sandbox';
import { launchChromium } from './chromium';
import { Gallery } from './gallery';
import { credentialForms } from './scenes/credential-forms';
import { failures } from './scenes/failures';
import { lists } from './scenes/lists';
import { nodePanel } from './scenes/node-panel';
import { notes } from './scenes/notes';
import { forms } from './scenes/operation-forms';
import { runs } from './scenes/runs';
import { type Scene, Stage } from './scenes/scene';
import { verification } from './scenes/verification';

const SCENES: Record<string, Scene> = {
	panel: nodePanel,
	forms,
	lists,
	credentials: credentialForms,
	runs,
	failures,
	verification,
	notes,
};

const report = (line: string) => process.stdout.write(`${line}\n`);

/** Everything that has to be undone, the last first. */
const undo: Array<() => Promise<void>> = [];

async function undoAll(): Promise<void> {
	for (const step of undo.splice(0).reverse()) await step();
}

function chosenScenes(names: string[]): Array<[string, Scene]> {
	const unknown = names.filter((name) => !(name in SCENES));
	if (unknown.length > 0)
		throw new Error(`No such scene: ${unknown.join(', ')}. There are: ${Object.keys(SCENES).join(', ')}`);
	return Object.entries(SCENES).filter(([name]) => names.length === 0 || names.includes(name));
}

async function main(names: string[]): Promise<void> {
	const scenes = chosenScenes(names);
	const runtime = await installN8n(report);
	const browser = await launchChromium(report);
	undo.push(async () => await browser.close());
	const sandbox = await startSandbox();
	undo.push(async () => await sandbox.close());
	report('Starting n8n with the packages installed');
	const packed = await packPackages(report);
	undo.push(packed.remove);
	const n8n = await startN8nWithInstalled(runtime, packed.tarballs);
	undo.push(async () => await n8n.remove());

	const api = new N8nApi(n8n.url);
	const password = `Screens-${randomBytes(6).toString('hex')}-1`;
	const owner: Owner = { email: 'owner@example.com', password, firstName: 'Olivia', lastName: 'Owner' };
	await api.setUpOwner(owner);
	const credentials = new Map<string, SavedCredential>();
	for (const [type, data] of Object.entries(sandboxCredentials(sandbox))) {
		credentials.set(type, await api.createCredential(CREDENTIAL_NAMES[type] ?? type, type, data));
	}
	const own = (await api.listNodeTypes()).filter(({ name }) => PUBLISHED_PREFIX.test(name));
	const nodes = own.filter(({ name }) => !name.endsWith('Tool'));

	const gallery = new Gallery();
	const stage = new Stage(api, sandbox, gallery, nodes, credentials, browser);
	for (const [name, scene] of scenes) {
		report(`Taking pictures: ${name}`);
		await scene(stage);
	}
	report(gallery.taken.map((file) => `  ${file}`).join('\n'));
}

/** What a user would call them. */
const CREDENTIAL_NAMES: Record<string, string> = {
	reportifyApi: 'Reportify account',
	wpsAccessTokenApi: 'WPS access token',
	wpsOAuth2Api: 'WPS account',
	aiDolApi: 'AI-DOL account',
};

onStopSignal(undoAll);
main(process.argv.slice(2))
	.catch((error: Error) => {
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	})
	.finally(() => void undoAll());
