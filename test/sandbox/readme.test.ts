import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FAULT_PHRASES } from '../../sandbox/fault-markers';
import { FaultSchema } from '../../sandbox/faults';
import { FramingSettings } from '../../sandbox/framing';
import { NAMED_SCRIPTS } from '../../sandbox/scripts/library';
import { startSandbox, type Sandbox } from '../../sandbox';
import { withSettings } from '../../sandbox/settings';
import type { Provider } from '../../sandbox/provider';

const readme = readFileSync(join(__dirname, '../../sandbox/README.md'), 'utf8').replace(/\s+/g, ' ');

/** What a reader must find in the README, taken from the code. */
const settings = withSettings({}, {});
test.each([
	...NAMED_SCRIPTS.map(({ example }) => `[script: ${example}]`),
	...FAULT_PHRASES.map(({ example }) => `[fault: ${example}]`),
	...FaultSchema.options.map(({ shape }) => shape.kind.value),
	...Object.keys({ ...settings.reportify, ...settings.wps, ...settings.aidol }),
	...Object.keys(FramingSettings.parse({})),
])('the README tells about %s', (item) => {
	expect(readme).toContain(`\`${item}`);
});

test('the README names every operation', async () => {
	const sandbox: Sandbox = await startSandbox();
	const providers: Provider[] = [sandbox.reportifyStore, sandbox.wpsStore, sandbox.aidolStore];
	const operations = providers.flatMap(({ routes }) => routes.map(({ operation }) => operation));
	await sandbox.close();
	expect(operations.filter((operation) => !readme.includes(`\`${operation}\``))).toEqual([]);
});
