/** A fresh process that loads the three nodes, as n8n does when it starts. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { machineMs } from '../clock';
import type { LoadingFigures } from './messages';

const packageFolder = process.argv[2] as string;
const load = createRequire(join(packageFolder, 'package.json'));
const { n8n } = load('./package.json') as { n8n: { nodes: string[] } };

const startedAt = machineMs();
load('n8n-workflow');
const preparedAt = machineMs();
for (const file of n8n.nodes) {
	for (const NodeType of Object.values(load(`./${file}`) as Record<string, new () => object>)) new NodeType();
}
const figures: LoadingFigures = { n8nWorkflowMs: preparedAt - startedAt, nodesMs: machineMs() - preparedAt };
process.send!(figures, () => process.exit(0));
