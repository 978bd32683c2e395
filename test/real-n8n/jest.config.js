/**
 * End-to-end tests against a real n8n. The first run installs it (3 to 8 minutes, 2.8 GB, into .n8n-runtime/), so they
 * are not part of `npm test`.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...require('../../jest.config.js'),
	rootDir: '../..',
	roots: ['<rootDir>/test/real-n8n'], // crawling the installed n8n would take longer than the tests
	testMatch: ['<rootDir>/test/real-n8n/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real-n8n/queue/'],
	setupFiles: [],
	globalSetup: '<rootDir>/harness/stage/start-n8n.ts',
	globalTeardown: '<rootDir>/harness/stage/stop-n8n.ts',
	// The files share one n8n, have stand-ins of their own, and wait more than they compute; who ends n8n has its own.
	maxWorkers: 2,
	testTimeout: 60_000,
};
