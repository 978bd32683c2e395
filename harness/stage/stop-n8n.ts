import { takeSharedN8n } from './shared-n8n';

export default async function tearDown(): Promise<void> {
	const shared = takeSharedN8n();
	if (!shared) return;
	await shared.n8n.remove();
	await shared.unpacked.remove();
	if (process.env.N8N_TEST_LOG !== undefined) console.log(shared.n8n.log.all);
}
