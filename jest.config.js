/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	transform: {
		'^.+\\.ts$': ['ts-jest', { diagnostics: false }], // types are checked once, by the build
		'/node_modules/.+\\.m?js$': ['ts-jest', { diagnostics: false, tsconfig: { allowJs: true, module: 'commonjs', target: 'es2022', esModuleInterop: true, isolatedModules: true } }],
	},
	// Libraries that are published as ES modules only; the package bundles them, jest compiles them.
	transformIgnorePatterns: ['/node_modules/(?!(fast-check|pure-rand|micromark|mdast|hast|unist|decode-named|character-entities|devlop|property-information|space-separated|comma-separated|stringify-entities|ccount|escape-string|markdown-table|zwitch|longest-streak|trim-lines|vfile|html-void|web-namespaces|string-width|get-east-asian|strip-ansi|ansi-regex|emoji-regex|@ungap))'],
	// n8n-core reads N8N_* when its modules are first loaded, so this must be a setup *file*.
	setupFiles: ['<rootDir>/test/engine/n8n-environment.ts'],
};
