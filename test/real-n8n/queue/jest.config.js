/**
 * n8n in queue mode: a main process and two workers on a Redis and a Postgres of their own.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../../..',
	testPathIgnorePatterns: ['/node_modules/'],
	testMatch: ['<rootDir>/test/real-n8n/queue/**/*.test.ts'],
	globalSetup: undefined,
	globalTeardown: undefined,
};
