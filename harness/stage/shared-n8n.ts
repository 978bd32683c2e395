import { N8nApi, type Owner } from '../server/api';
import type { UnpackedPackage } from '../server/built-package';
import type { N8n } from '../server/server';

export const owner: Owner = {
	email: 'owner@example.com',
	password: 'Only-for-tests-1',
	firstName: 'Olivia',
	lastName: 'Owner',
};

/** What the setup leaves for the teardown; the tests themselves run elsewhere and only get the addresses. */
export interface SharedN8n {
	n8n: N8n;
	unpacked: UnpackedPackage;
}

const place = globalThis as { sharedN8n?: SharedN8n };

export function keepSharedN8n(shared: SharedN8n): void {
	place.sharedN8n = shared;
}

export function takeSharedN8n(): SharedN8n | undefined {
	const shared = place.sharedN8n;
	delete place.sharedN8n;
	return shared;
}

/** The n8n that the test files share, as its owner. */
export function sharedN8n(): N8nApi {
	return new N8nApi(required('SHARED_N8N_URL'), required('SHARED_N8N_SESSION'));
}

/** Folder of the unpacked package, for tests that start an n8n of their own. */
export function extensionsDir(): string {
	return required('SHARED_N8N_EXTENSIONS');
}

function required(name: string): string {
	const value = process.env[name];
	if (value === undefined) throw new Error(`${name} is not set: run these tests with "npm run test:n8n".`);
	return value;
}
