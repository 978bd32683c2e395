import { addressOf, placeholdersIn, type Project, readProject } from '../../scripts/project';
import { notesOf, obstaclesTo, type ReleaseState } from '../../scripts/release-checks';

const project: Project = {
	owner: 'somebody',
	repository: 'n8n-nodes-agent-conversations',
	author: 'Some Body',
	email: 'some@body.org',
	codeOwners: '@somebody',
	placeholders: ['stand-in', 'stand-in.dev'],
};

const changelog =
	'# Changelog\n\nHow versions are counted.\n\n## 1.2.0\n\n- **Reportify**: new.\n\n## 1.1.0\n\n- Old.\n';

const ready: ReleaseState = {
	version: '1.2.0',
	project,
	versions: { 'package.json': '1.2.0', 'packages/n8n-nodes-reportify/package.json': '1.2.0' },
	repositories: { 'package.json': `git+${addressOf(project)}.git` },
	changelog,
	stale: [],
	uncommitted: [],
	head: 'a'.repeat(40),
	taggedCommit: 'a'.repeat(40),
	runsIn: 'somebody/n8n-nodes-agent-conversations',
	startedBy: 'v1.2.0',
};

test('nothing keeps back a release where all agree, on GitHub and before it is tagged', () => {
	expect(obstaclesTo(ready)).toEqual([]);
	expect(obstaclesTo({ ...ready, taggedCommit: undefined, runsIn: undefined, startedBy: undefined })).toEqual([]);
});

test.each<[string, Partial<ReleaseState>, RegExp]>([
	['a version that is none', { version: 'v1.2' }, /"v1\.2" is no version/],
	[
		'a package with another version',
		{ versions: { ...ready.versions, 'packages/x/package.json': '1.1.0' } },
		/packages\/x\/package\.json says 1\.1\.0/,
	],
	[
		'another repository in a manifest',
		{ repositories: { 'package.json': 'git+https://github.com/else/where.git' } },
		/else\/where/,
	],
	['no chapter in the changelog', { changelog: '# Changelog\n\n## 1.1.0\n\n- Old.\n' }, /no chapter "## 1\.2\.0"/],
	[
		'a chapter without a word',
		{ changelog: '# Changelog\n\n## 1.2.0\n\n## 1.1.0\n\n- Old.\n' },
		/no chapter "## 1\.2\.0"/,
	],
	[
		'an older chapter',
		{ changelog: '# Changelog\n\n## 1.3.0\n\n- Newer.\n\n## 1.2.0\n\n- This.\n' },
		/first chapter .* is not 1\.2\.0, but 1\.3\.0/,
	],
	['parts that are not up to date', { stale: ['packages/x/nodes/A.ts is missing'] }, /nodes\/A\.ts is missing/],
	['changes in no commit', { uncommitted: [' M README.md'] }, /in no commit:\n M README\.md/],
	['a tag on another commit', { taggedCommit: 'b'.repeat(40) }, /tag v1\.2\.0 is on another commit/],
	['another tag', { startedBy: 'v1.1.0' }, /The tag v1\.1\.0 started this/],
	['another repository that runs it', { runsIn: 'a-fork/n8n-nodes-agent-conversations' }, /runs in a-fork/],
	['an owner that stands in', { project: { ...project, owner: 'stand-in' } }, /"owner" is "stand-in"/],
	['a repository address that stands in', { project: { ...project, owner: '' } }, /"owner" is ""/],
	['an e-mail that stands in', { project: { ...project, email: 'somebody@stand-in.dev' } }, /"email" is /],
	['an e-mail that can belong to nobody', { project: { ...project, email: 'me@project.example' } }, /"email" is /],
	['an e-mail that is none', { project: { ...project, email: 'me' } }, /"email" is "me"/],
	['code owners that stand in', { project: { ...project, codeOwners: '@stand-in/maintainers' } }, /"codeOwners"/],
])('refuses %s', (_, change, words) => {
	expect(obstaclesTo({ ...ready, ...change }).join('\n')).toMatch(words);
});

test('each of several obstacles is told', () => {
	const state = { ...ready, uncommitted: ['?? new'], taggedCommit: 'b'.repeat(40), changelog: '' };
	expect(obstaclesTo(state)).toHaveLength(4);
});

test('the notes of a release are its chapter', () => {
	expect(notesOf(changelog, '1.2.0')).toBe('- **Reportify**: new.');
	expect(notesOf(changelog, '1.1.0')).toBe('- Old.');
	expect(notesOf(changelog, '1.1')).toBeUndefined();
	expect(notesOf('## [1.2.0] - 2026-01-05\n\n- New.\n', '1.2.0')).toBe('- New.');
});

test('what stands in project.json is either filled in whole or refused', () => {
	const { placeholders, ...filled } = readProject();
	const isFilled = placeholdersIn({ placeholders, ...filled }).length === 0;
	expect(placeholders.includes(filled.owner)).toBe(!isFilled);
});
