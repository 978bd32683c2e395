import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who publishes the packages, and where their source is: `project.json`, the only place that is edited by hand. */
export interface Project {
	/** User or organisation on GitHub. */
	owner: string;
	/** Name of the repository there. */
	repository: string;
	author: string;
	email: string;
	/** Who is asked to review, as CODEOWNERS has it: `@user`, or `@organisation/team`. */
	codeOwners: string;
	/** Owners and mail domains that stand in until the project has its own; nobody here holds them. */
	placeholders: string[];
}

export const root = join(__dirname, '..');

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

export function readProject(): Project {
	return readJson<Project>('project.json');
}

/** Address of the repository, without a slash at the end. */
export const addressOf = ({ owner, repository }: Project) => `https://github.com/${owner}/${repository}`;

/** What has to be filled in before anything can be published, in words. */
export function placeholdersIn({ owner, email, author, codeOwners, placeholders }: Project): string[] {
	const domain = email.split('@').at(-1) ?? '';
	const isPlaceholder = (value: string) =>
		value === '' || placeholders.includes(value) || /\.(example|invalid|test)$/.test(value);
	return [
		...(isPlaceholder(owner) ? [`"owner" is "${owner}", which stands in for the real one`] : []),
		...(!email.includes('@') || isPlaceholder(domain) ? [`"email" is "${email}", which nobody reads`] : []),
		...(isPlaceholder(/^@([^/]*)/.exec(codeOwners)?.[1] ?? '')
			? [`"codeOwners" is "${codeOwners}", which stands in for the real one`]
			: []),
		...(author === '' ? ['"author" is empty'] : []),
	];
}
