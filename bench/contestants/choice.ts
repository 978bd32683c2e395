import { CORRECT_PARSER, USUAL_SPLIT } from './code-recipes';
import type { Contestant } from './contestant';

export type ContestantName =
	| 'ours'
	| 'ours, not waiting'
	| 'ours, collecting'
	| 'ours, formats'
	| 'ours, rows'
	| 'split'
	| 'parser'
	| 'n8n'
	| 'floor'
	| 'parsing';

/** What contestants run on. */
export interface Surroundings {
	/** The built package, as n8n would install it. */
	packageFolder: string;
	/** An installed n8n; undefined when there is none. */
	n8nFolder?: string;
}

/** Modules are loaded by need: the floor is not to carry n8n. */
export async function contestantOf(
	name: ContestantName,
	{ packageFolder, n8nFolder }: Surroundings,
): Promise<Contestant> {
	switch (name) {
		case 'floor':
			return (await import('./floor.js')).floor();
		case 'parsing':
			return (await import('./parsing-alone.js')).parsingAlone();
		case 'ours':
			return await (await import('./our-node.js')).ourNode(packageFolder);
		case 'ours, not waiting':
			return await (await import('./our-node.js')).ourNode(packageFolder, { options: { waitForAnswer: false } });
		case 'ours, collecting':
			return await (await import('./our-node.js')).ourNode(packageFolder, { operation: 'collect' });
		case 'ours, formats':
			return await (
				await import('./our-node.js')
			).ourNode(packageFolder, {
				options: { answerFormats: ['html', 'plainText', 'tables'] },
			});
		case 'ours, rows':
			return await (await import('./our-node.js')).ourNode(packageFolder, { output: 'tableRows' });
		case 'n8n':
			return await (await import('./n8n-alone.js')).n8nAlone(packageFolder);
		case 'split':
			return await (await import('./http-request.js')).httpRequestAndCode(packageFolder, USUAL_SPLIT, n8nFolder);
		case 'parser':
			return await (await import('./http-request.js')).httpRequestAndCode(packageFolder, CORRECT_PARSER, n8nFolder);
	}
}
