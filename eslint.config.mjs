import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

/**
 * The rules of n8n's own `n8n-node lint` (strict, with n8n Cloud support) for everything that ships: `nodes/`,
 * `credentials/` and `package.json`, written out rule for rule, and a few more for the rest of the project. The command
 * itself, with the configuration that it insists on, runs in `packages/` (`npm run packages`).
 */
export default defineConfig(
	globalIgnores(['dist', '**/node_modules', '.n8n-runtime*', 'packages']),
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommended, importX.flatConfigs.recommended],
		settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
		rules: {
			'prefer-spread': 'off', // as in n8n's own configuration
			'no-console': 'error',
		},
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
	},
	{
		files: ['package.json'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: { ...n8nNodesBase.configs.community.rules },
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off', // as in n8n's own configuration: not meant for community nodes
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off', // as in n8n's own configuration: credential-password-field is more exact
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off', // as in n8n's own configuration: inputs may be an enum
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off', // as in n8n's own configuration: outputs may be an enum
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off', // as in n8n's own configuration: a provider's own maximum is valid
		},
	},
	{
		files: ['{sandbox,demo,test,harness,bench,scripts}/**/*.ts'],
		rules: {
			'no-console': 'off', // these are commands and tests: their output is the console
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		},
	},
);
