import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runtimeFolder } from '../../harness/server/layout';
import { exitCodeOf } from '../../scripts/exit-code';

/**
 * Runs the engine tests with the engine that n8n evaluates expressions with in production: `vm` (isolated-vm), where there
 * is a Node 24, be it this one or the one that a real n8n was installed with; elsewhere `quickjs`, n8n's other sandbox.
 * `N8N_EXPRESSION_ENGINE` chooses one. Arguments are passed on to jest.
 */

const NODE_OF_VM = 24;
const isNewEnough = Number(process.versions.node.split('.')[0]) >= NODE_OF_VM;
const nodeOfN8n = join(runtimeFolder, 'node_modules', 'node', 'bin', 'node');

async function nodeForVm(): Promise<string | undefined> {
	if (isNewEnough) return process.execPath;
	return await access(nodeOfN8n).then(
		() => nodeOfN8n,
		() => undefined,
	);
}

async function test(engine: string, node: string, jestArguments: string[]): Promise<void> {
	process.stdout.write(`Engine tests with expressions in ${engine}\n`);
	// isolated-vm does not work in a Node that was started from its snapshot
	const flags = engine === 'vm' ? ['--no-node-snapshot'] : [];
	const jest = [require.resolve('jest/bin/jest'), '-c', join(__dirname, 'jest.config.js'), ...jestArguments];
	const code = await exitCodeOf(node, [...flags, ...jest], { env: { ...process.env, N8N_EXPRESSION_ENGINE: engine } });
	if (code !== 0) process.exitCode = code ?? 1;
}

async function main(jestArguments: string[]): Promise<void> {
	const chosen = process.env.N8N_EXPRESSION_ENGINE;
	const node24 = await nodeForVm();
	if (chosen === 'quickjs') return await test('quickjs', process.execPath, jestArguments);
	if (node24) return await test('vm', node24, jestArguments);
	process.stdout.write(
		`Production's engine (vm) needs Node ${NODE_OF_VM}, which neither runs here nor was installed with n8n (npm run n8n).\n`,
	);
	if (chosen === 'vm') process.exitCode = 1;
	else await test('quickjs', process.execPath, jestArguments);
}

void main(process.argv.slice(2));
