import { N8nApi, itemsOf } from '../../harness/server/api';
import { exampleNames, readExample } from '../../harness/server/examples';
import { installN8n } from '../../harness/server/install';
import { type PackedPackages, packPackages, startN8nWithInstalled } from '../../harness/server/installed-packages';
import type { N8n } from '../../harness/server/server';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { aiDol, type ProviderUnderTest, reportify, send, wpsWithAccessToken } from '../../harness/stage/providers';
import { owner } from '../../harness/stage/shared-n8n';
import { Stage } from '../../harness/stage/stage';
import { publishedPackages } from '../../scripts/packages/published';

const report = (line: string) => console.log(line);

/** The packages that are published, with what a question to their node needs. */
const UNDER_TEST: Record<string, ProviderUnderTest> = {
	'n8n-nodes-reportify': reportify,
	'n8n-nodes-wps-agent': wpsWithAccessToken,
	'n8n-nodes-ai-dol': aiDol,
};

const packages = publishedPackages().map(({ name, manifest }) => {
	const under = UNDER_TEST[name]!;
	const credentials = manifest.n8n.credentials.map((file) => {
		const className = /(\w+)\.credentials\.js$/.exec(file)![1]!;
		return className[0]!.toLowerCase() + className.slice(1);
	});
	return { name, under: { ...under, nodeType: under.nodeType.replace('CUSTOM', name) }, credentials };
});

const CREDENTIALS = packages.flatMap(({ credentials }) => credentials);

let packed: PackedPackages;
beforeAll(async () => {
	packed = await packPackages(report);
}, 300_000);
afterAll(async () => await packed.remove());

/** An n8n in whose user folder these packages were installed by hand, and everything that tests of it share. */
function withInstalled(names: string[], tests: (stage: () => Stage) => void): void {
	let n8n: N8n;
	let stage: Stage;
	beforeAll(async () => {
		const tarballs = packed.tarballs.filter(({ published }) => names.includes(published.name));
		n8n = await startN8nWithInstalled(await installN8n(report), tarballs);
		const api = new N8nApi(n8n.url);
		await api.setUpOwner(owner);
		const own = packages.filter(({ name }) => names.includes(name)).flatMap(({ credentials }) => credentials);
		stage = await Stage.open(api, own);
	}, 300_000);
	afterAll(async () => {
		await stage?.close();
		await n8n?.remove();
	}, 60_000);
	beforeEach(() => stage.sandbox.reset());
	tests(() => stage);
}

async function ownNodes(stage: Stage): Promise<string[]> {
	const types = (await stage.api.listNodeTypes()).map(({ name }) => name);
	return types.filter((type) => !/^(@n8n\/)?n8n-nodes-(base|langchain)\./.test(type)).sort();
}

/** Asks by hand and returns the answer. */
async function ask(stage: Stage, under: ProviderUnderTest): Promise<unknown> {
	const question = send(stage, under, { message: '[script: echo]你好' });
	const definition = workflow(
		`A question to ${under.title}`,
		[node('Start', 'n8n-nodes-base.manualTrigger'), question],
		inSequence('Start', 'Ask'),
	);
	const execution = await stage.runByHand(await stage.save(definition), { trigger: 'Start' });
	expect(execution.error).toBeUndefined();
	return itemsOf(execution, 'Ask')[0]?.answer;
}

/** The examples whose nodes of ours are all of these packages. */
async function examplesFor(names: string[]): Promise<string[]> {
	const found: string[] = [];
	for (const example of await exampleNames()) {
		const { nodes } = await readExample(example, []);
		const own = nodes.map(({ type }) => type.split('.')[0]!).filter((prefix) => prefix in UNDER_TEST);
		if (own.length > 0 && own.every((prefix) => names.includes(prefix))) found.push(example);
	}
	return found;
}

/** Presses the *Test* button of each credential; OAuth2 ones have none, and were connected instead. */
async function testButtons(stage: Stage): Promise<string[]> {
	const results: string[] = [];
	for (const credential of stage.savedCredentials.filter(({ type }) => !/OAuth2/.test(type))) {
		results.push(`${credential.type}: ${(await stage.api.testCredential(credential)).status}`);
	}
	return results;
}

describe.each(packages)('$name, installed alone', ({ name, under, credentials }) => {
	withInstalled([name], (stage) => {
		test('brings its node, also as a tool, and nothing of another service', async () => {
			expect(await ownNodes(stage())).toEqual([under.nodeType, `${under.nodeType}Tool`]);
			for (const type of CREDENTIALS.filter((known) => !credentials.includes(known))) {
				await expect(stage().api.createCredential('Of another service', type, {})).rejects.toThrow();
			}
		});

		test('the Test button of each credential', async () => {
			const tested = await testButtons(stage());
			expect(tested).toEqual(tested.map(() => expect.stringMatching(/^\w+: OK$/)));
			expect(tested).toHaveLength(credentials.filter((type) => !/OAuth2/.test(type)).length);
		});

		test('a question is answered', async () => {
			expect(await ask(stage(), under)).toBe('你好');
			expect(stage().questions()).toHaveLength(1);
		});

		test('its examples can be imported, and know its node', async () => {
			const names = await examplesFor([name]);
			expect(names.length).toBeGreaterThan(0);
			const known = (await stage().api.listNodeTypes()).map((each) => each.name);
			for (const example of names) {
				const saved = await stage().save(await readExample(example, stage().savedCredentials));
				const { nodes } = await stage().api.getWorkflow(saved.id);
				expect(nodes.map(({ type }) => type).filter((type) => !known.includes(type))).toEqual([]);
			}
		});
	});
});

describe('all packages side by side', () => {
	withInstalled(
		packages.map(({ name }) => name),
		(stage) => {
			test('each brings its node', async () => {
				const types = packages.flatMap(({ under }) => [under.nodeType, `${under.nodeType}Tool`]);
				expect(await ownNodes(stage())).toEqual(types.sort());
			});

			test('each answers', async () => {
				for (const { under } of packages)
					expect([under.title, await ask(stage(), under)]).toEqual([under.title, '你好']);
				expect(stage().questions()).toHaveLength(packages.length);
			});
		},
	);
});
