const root = require('../../jest.config.js');

/**
 * The engine tests once more, with expressions evaluated as n8n does in production (engine/expression-engine.ts):
 *
 *     N8N_EXPRESSION_ENGINE=quickjs npx jest -c test/production-expressions/jest.config.js
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...root,
	rootDir: '../..',
	testMatch: [
		'<rootDir>/test/engine/**/*.test.ts',
		'<rootDir>/test/sockets/*.test.ts',
		'<rootDir>/test/production-expressions/*.expressions.ts',
	],
	// They run hundreds of requests each, and what they prove has nothing to do with expressions.
	testPathIgnorePatterns: ['/node_modules/', 'signatures?\\.test\\.ts$', 'security\\.test\\.ts$'],
	// n8n loads its sandboxes by import(), which jest only understands after it was compiled to require().
	transformIgnorePatterns: root.transformIgnorePatterns.map((pattern) =>
		pattern.replace(
			'(?!(',
			'(?!(n8n-workflow/dist/cjs/expression\\.js|@n8n/expression-runtime|quickjs-emscripten|@jitl|',
		),
	),
	setupFilesAfterEnv: ['<rootDir>/test/engine/expression-engine.ts'],
	testTimeout: 20_000,
};
