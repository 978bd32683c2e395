import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

function versionIn(folder: string): string {
	const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
	return version;
}
const ofDependency = (name: string) => `${name} ${versionIn(join(root, 'node_modules', name))}`;

/** Who took part, in which version. */
export function versionsOf(n8nFolder: string | undefined): string {
	const ours = `Reportify node: this package ${versionIn(root)} on ${ofDependency('n8n-core')}.`;
	const builtIn =
		n8nFolder === undefined
			? '**n8n is not installed here**: HTTP Request 4.5 and Code 2 were walked by hand as in n8n-nodes-base 2.41.2, on n8n-core’s request helper and the decoding of HTTP Request V3, without a task runner. `npm run n8n` installs it.'
			: `HTTP Request 4.5 and Code 2 are n8n’s own nodes (n8n-nodes-base ${versionIn(join(n8nFolder, 'node_modules/n8n-nodes-base'))}) with n8n’s own task runner.`;
	return `${ours} ${builtIn} Floor: ${ofDependency('undici')}, ${ofDependency('eventsource-parser')}.`;
}
