import { addressOf, placeholdersIn, type Project } from './project';

/** Everything that a release must agree on. */
export interface ReleaseState {
	/** What is to be released, e.g. `1.2.0`. */
	version: string;
	project: Project;
	/** Version and name of the root's and of each package's `package.json`, and of the root's lockfile, by path. */
	versions: Record<string, string>;
	/** Repository that each of them names, by path. */
	repositories: Record<string, string>;
	/** CHANGELOG.md. */
	changelog: string;
	/** Parts of the project that are not up to date, in words. */
	stale: string[];
	/** Changes that are in no commit, one a line. */
	uncommitted: string[];
	head: string;
	/** The commit that the version's tag points to; undefined when there is no such tag yet. */
	taggedCommit?: string;
	/** On GitHub: `owner/name` of the repository that runs this. */
	runsIn?: string;
	/** On GitHub: the tag that started this. */
	startedBy?: string;
}

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/;

/**
 * The notes of a version: its chapter of CHANGELOG.md.
 *
 * @returns undefined when there is no such chapter, or nothing in it
 */
export function notesOf(changelog: string, version: string): string | undefined {
	const chapters = changelog.split(/^## /m).slice(1);
	const chapter = chapters.find((each) => /^\[?([^\]\s]+)/.exec(each)?.[1] === version);
	const text = chapter?.replace(/^.*\n/, '').trim();
	return text === '' ? undefined : text;
}

const newestIn = (changelog: string) => /^## \[?([^\]\s]+)/m.exec(changelog)?.[1];

/** What keeps a release back, in words, each with what to do; empty when nothing does. */
export function obstaclesTo(state: ReleaseState): string[] {
	const { version, project, changelog } = state;
	const tag = `v${version}`;
	const address = `git+${addressOf(project)}.git`;
	const repository = `${project.owner}/${project.repository}`;
	return [
		...(VERSION.test(version) ? [] : [`"${version}" is no version; it looks like 1.2.0.`]),
		...placeholdersIn(project).map((text) => `project.json: ${text}. Fill it in, then: npm run packages -- --update`),
		...Object.entries(state.versions)
			.filter(([, each]) => each !== version)
			.map(
				([path, each]) =>
					`${path} says ${each}. Set it: npm version ${version} --no-git-tag-version, then: npm run packages -- --update`,
			),
		...Object.entries(state.repositories)
			.filter(([, each]) => each !== address)
			.map(([path, each]) => `${path} names the repository ${each}, project.json ${address}.`),
		...(notesOf(changelog, version) === undefined
			? [`CHANGELOG.md has no chapter "## ${version}" with what is new in it.`]
			: []),
		...(newestIn(changelog) === version
			? []
			: [`The first chapter of CHANGELOG.md is not ${version}, but ${newestIn(changelog) ?? 'none'}.`]),
		...state.stale.map((text) => `${text}. Bring it up to date: npm run packages -- --update`),
		...(state.uncommitted.length > 0 ? [`These changes are in no commit:\n${state.uncommitted.join('\n')}`] : []),
		...(state.taggedCommit === undefined || state.taggedCommit === state.head
			? []
			: [
					`The tag ${tag} is on another commit (${state.taggedCommit}). A version is released once; take the next one.`,
				]),
		...(state.startedBy === undefined || state.startedBy === tag
			? []
			: [`The tag ${state.startedBy} started this, not ${tag}.`]),
		...(state.runsIn === undefined || state.runsIn === repository
			? []
			: [`This runs in ${state.runsIn}, but project.json names ${repository}: npm would refuse the provenance.`]),
	];
}
