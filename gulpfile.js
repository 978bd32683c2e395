/**
 * The build: type-check everything, compile nodes/ and credentials/ to readable CommonJS, put the few libraries that
 * are used inside the files that import them (an n8n package must have no runtime dependencies), copy what is not code.
 */
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdir, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { dirname, join } = require('node:path');
const { promisify } = require('node:util');
const { dest, series, src } = require('gulp');
const esbuild = require('esbuild');
const fastGlob = require('fast-glob');

/** What n8n provides at run time; every other import that is not a file of ours is bundled. */
const PROVIDED_BY_N8N = ['n8n-workflow', 'crypto', 'node:crypto'];

/** Files that are part of the package but are not code: icons, codex files, output schemas. */
const ASSETS = ['icons/**/*.svg', 'nodes/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

function typescript(...args) {
	const child = spawn(process.execPath, [require.resolve('typescript/bin/tsc'), ...args], { stdio: 'inherit' });
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc ${args.join(' ')} failed`))));
	});
}

const clean = () => rm('dist', { recursive: true, force: true });
const typecheck = () => typescript('--project', 'tsconfig.json');
const compile = () => typescript('--project', 'tsconfig.build.json');
const copyAssets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

/**
 * Modules that only an execution needs, some of them hardly ever: n8n loads every node when it starts, but a module of
 * these only when something of it is first used.
 */
const LOADED_ON_FIRST_USE = [
	'libraries',
	'answer-formats',
	'structured-output',
	'answer-operation',
	'[a-z]+-answer-source',
	'chat-stream',
	'reportify-download',
	'upload-document',
];

async function loadOnFirstUse() {
	const required = new RegExp(
		`^(?:const|var) (\\w+) = (require\\("\\.[^"]*/(?:${LOADED_ON_FIRST_USE.join('|')})"\\));$`,
		'gm',
	);
	for (const file of await fastGlob('dist/**/*.js')) {
		const code = await readFile(file, 'utf8');
		const names = [...code.matchAll(required)].map(([, name]) => name);
		if (names.length === 0) continue;
		const uses = new RegExp(`\\b(${names.join('|')})\\.`, 'g');
		const later = code
			.replace(uses, '$1.module.')
			.replace(required, 'const $1 = { get module() { return (this.loaded ??= $2); } };');
		await writeFile(file, later);
	}
}

/** The libraries that a compiled file requires. */
async function librariesOf(file) {
	const code = await readFile(file, 'utf8');
	const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
	return required.filter((name) => !name.startsWith('.') && !PROVIDED_BY_N8N.includes(name));
}

const ownFilesStaySeparate = {
	name: 'own-files-stay-separate',
	setup: (build) =>
		build.onResolve({ filter: /^\./ }, ({ path, importer, kind }) =>
			kind === 'entry-point' || importer.includes('node_modules') ? undefined : { path, external: true },
		),
};

/**
 * Rewrites each compiled file that requires a library so that it contains the library; our own files stay separate.
 * The notices of what was put in are written beside the README.
 */
async function bundleLibraries() {
	const files = await fastGlob('dist/**/*.js');
	const bundled = new Set();
	for (const file of files) {
		if ((await librariesOf(file)).length === 0) continue;
		const { metafile } = await esbuild.build({
			metafile: true,
			entryPoints: [file],
			outfile: file,
			allowOverwrite: true,
			bundle: true,
			platform: 'node',
			target: 'node20',
			format: 'cjs',
			external: PROVIDED_BY_N8N,
			// The UMD build, which esbuild would take, reaches for globalThis; n8n's scanner forbids that.
			alias: { 'lossless-json': join(__dirname, 'node_modules/lossless-json/lib/esm/index.js') },
			plugins: [ownFilesStaySeparate],
			legalComments: 'inline',
			absWorkingDir: join(__dirname),
			logLevel: 'warning',
		});
		for (const input of Object.keys(metafile.inputs)) {
			const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
			if (folder) bundled.add(folder);
		}
	}
	await writeNotices([...bundled].sort());
}

/** THIRD_PARTY_NOTICES.md: the licence text of every library inside `dist`. */
async function writeNotices(folders) {
	const notices = await Promise.all(
		folders.map(async (folder) => {
			const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
			const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
			const text = file ? (await readFile(join(folder, file), 'utf8')).trim() : `Licence: ${license}`;
			return `## ${name} ${version} (${license})\n\n${text}\n`;
		}),
	);
	const introduction = 'The files of this package contain the following libraries, under these licences.\n';
	await writeFile('THIRD_PARTY_NOTICES.md', `# Third-party notices\n\n${introduction}\n${notices.join('\n')}`);
}

/** What a build depends on, and what it writes. */
const READ = ['{nodes,credentials,icons}/**', 'gulpfile.js', 'tsconfig*.json', 'package.json', 'package-lock.json'];
const WRITTEN = ['dist/**', 'THIRD_PARTY_NOTICES.md'];
const FINGERPRINT_FILE = 'node_modules/.cache/build/fingerprint';

/** Of the contents of all these files, and of their names. */
async function fingerprint() {
	const hash = createHash('sha256');
	for (const file of (await fastGlob([...READ, ...WRITTEN])).sort()) {
		const content = await readFile(file);
		hash.update(`${file} ${content.length}\n`).update(content);
	}
	return hash.digest('hex');
}

async function keepFingerprint() {
	await mkdir(dirname(FINGERPRINT_FILE), { recursive: true });
	await writeFile(FINGERPRINT_FILE, await fingerprint());
}

const isUpToDate = async () =>
	(await fingerprint()) === (await readFile(FINGERPRINT_FILE, 'utf8').catch(() => undefined));

const buildAnew = series(clean, compile, loadOnFirstUse, bundleLibraries, copyAssets, keepFingerprint);

/** Most commands of package.json begin with a build; it is done once for all of them. */
async function build() {
	if (!(await isUpToDate())) await promisify(buildAnew)();
}

exports.typecheck = typecheck;
exports.build = build;
exports.default = series(typecheck, exports.build);
