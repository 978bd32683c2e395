const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const root = require('../../jest.config.js');

/** Folder of an older n8n engine, like `n8n-1.123`. */
const version = process.env.N8N_COMPAT_VERSION ?? '';
const versions = readdirSync(__dirname).filter((name) => /^n8n-[\d.]+$/.test(name));
if (!versions.includes(version)) throw new Error(`N8N_COMPAT_VERSION has to be one of: ${versions.join(', ')}`);

const modules = join(__dirname, version, 'node_modules');

/**
 * The engine tests once more, in the engine of an older n8n (`npm run test:compat`).
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...root,
	rootDir: '../..',
	testMatch: ['engine/*', 'sockets/*', 'credentials/test-button'].map((name) => `<rootDir>/test/${name}.test.ts`),
	testEnvironment: '<rootDir>/harness/older-n8n/environment.ts',
	moduleNameMapper: {
		'^n8n-core$': join(modules, 'n8n-core'),
		'^n8n-core/(.*)$': join(modules, 'n8n-core', '$1'),
		'^@n8n/di$': join(modules, '@n8n', 'di'),
		'^@n8n/backend-common$': join(modules, '@n8n', 'backend-common'),
		'^n8n-workflow$': join(__dirname, 'n8n-workflow.js'),
	},
	globals: {
		OLD_N8N_WORKFLOW: join(modules, 'n8n-workflow'),
		OLD_N8N_VERSION: require(`./${version}/package.json`).config.n8n,
	},
	// What signatures look like does not depend on the engine's version, and takes minutes.
	testPathIgnorePatterns: ['/node_modules/', 'signatures?\\.test\\.ts$'],
	modulePathIgnorePatterns: versions.map((other) => join(__dirname, other)),
};
