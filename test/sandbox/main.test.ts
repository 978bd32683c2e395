import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { DOCUMENTED_RUN, startSandbox } from '../../sandbox';
import { ask } from './client';

const ROOT = join(__dirname, '../..');

function start(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
	const child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', ...args], { cwd: ROOT });
	return child as ReturnType<typeof start>;
}

test('the command prints addresses and credentials that work, logs requests, and ends when told to', async () => {
	const child = start('--ports', '0,0,0', '--pace', '0', '--script', 'reportify-run', '--replay', DOCUMENTED_RUN);
	const lines: string[] = [];
	const reader = createInterface({ input: child.stdout });
	const seen = (pattern: RegExp) =>
		new Promise<string>((resolve) => {
			const look = () => {
				const found = lines.find((line) => pattern.test(line));
				if (found !== undefined) resolve(found);
			};
			reader.on('line', look);
			look();
		});
	reader.on('line', (line) => lines.push(line));
	await seen(/__sandbox\/requests/);
	/** What the nth line that starts with this label says. */
	const value = (label: string, nth = 0): string => {
		const labelled = lines.map((line) => line.trim()).filter((line) => line.startsWith(label));
		return labelled[nth]?.slice(label.length).trim() ?? '';
	};
	expect(value('Access Token')).toBe('sandbox-user-token');

	const headers = { Authorization: `Bearer ${value('API Key')}`, 'Content-Type': 'application/json' };
	const created = await ask(`${value('Base URL')}/v1/agent/conversations`, { method: 'POST', headers, body: '{}' });
	expect(created.status).toBe(200);
	const chat = `${value('Base URL')}/v1/agent/conversations/${JSON.parse(created.text.replace(/:(\d+)/g, ':"$1"')).id}/chat`;
	const { text } = await ask(chat, { method: 'POST', headers, body: '{"message":"x"}' });
	expect(text.replace(/^data: /gm, '').replaceAll('\n\n', '\n')).toBe(readFileSync(DOCUMENTED_RUN, 'utf8'));
	expect(await seen(/POST \/v1\/agent\/conversations/)).toMatch(/reportify POST .* → 200/);
	const overview = JSON.parse((await ask(`${value('Base URL', 2)}/__sandbox`)).text);
	expect(overview.providers.wps.url).toBe(value('Base URL', 1));

	child.kill('SIGTERM');
	const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
	expect([code, signal]).toEqual([0, null]);
}, 30_000);

test('a busy port is explained', async () => {
	const sandbox = await startSandbox();
	const { port } = new URL(sandbox.wps.url);
	const child = start('--ports', `0,${port},0`);
	let text = '';
	child.stderr.on('data', (chunk) => (text += String(chunk)));
	const [code] = (await once(child, 'close')) as [number];
	await sandbox.close();
	expect(code).toBe(1);
	expect(text).toContain('Another program uses that port');
}, 30_000);
