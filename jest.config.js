/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'], // crawling an installed n8n would take longer than the tests
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	// How time grows with the input is measured, which a busy machine would disturb: `npm run test:linear`.
	testPathIgnorePatterns: [
		'/node_modules/',
		'<rootDir>/test/real-n8n/',
		'linear-time\\.test\\.ts$',
		'performance\\.test\\.ts$',
	],
	transform: {
		'^.+\\.ts$': ['ts-jest', { diagnostics: false }], // types are checked once, by the build
		'/node_modules/.+\\.m?js$': [
			'ts-jest',
			{
				diagnostics: false,
				tsconfig: { allowJs: true, module: 'commonjs', target: 'es2022', esModuleInterop: true, isolatedModules: true },
			},
		],
	},
	// Libraries that are published as ES modules only; the package bundles them, jest compiles them.
	transformIgnorePatterns: [
		'/node_modules/(?!(ansi-regex|content-disposition|emoji-regex|entities|fast-check|get-east-asian|linkify-it|markdown-it|mdurl|parse5|pure-rand|string-width|strip-ansi|uc.micro))',
	],
	reporters: ['default', '<rootDir>/scripts/closing-line.js'],
	maxWorkers: 2, // jest would take one on two cores
	workerIdleMemoryLimit: '1500MB', // n8n's engine is loaded anew for every file, and never quite goes away
	testTimeout: 60_000, // for slow machines; what has to be quick is measured by the benchmark
	// n8n-core reads N8N_* when its modules are first loaded, so this must be a setup *file*.
	setupFiles: ['<rootDir>/harness/engine/n8n-environment.ts'],
};
