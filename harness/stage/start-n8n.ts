import { N8nApi } from '../server/api';
import { unpackPackage } from '../server/built-package';
import { installN8n } from '../server/install';
import { startN8n } from '../server/server';
import { keepSharedN8n, owner } from './shared-n8n';

const report = (line: string) => console.log(line);

export default async function setUp(): Promise<void> {
	const runtime = await installN8n(report);
	const unpacked = await unpackPackage(report);
	const started = Date.now();
	const n8n = await startN8n({ runtime, extensionsDir: unpacked.folder });
	keepSharedN8n({ n8n, unpacked });
	report(`n8n ${runtime.version} was ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
	const api = new N8nApi(n8n.url);
	await api.setUpOwner(owner);
	process.env.SHARED_N8N_URL = n8n.url;
	process.env.SHARED_N8N_SESSION = api.session;
	process.env.SHARED_N8N_EXTENSIONS = unpacked.folder;
}
