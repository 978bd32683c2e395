import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { differenceFor } from './differences';

/** Skips the tests that make no sense in the n8n of this run: see differences.ts. */
export default class OldEngineEnvironment extends TestEnvironment {
	private readonly file: string;
	private readonly n8n: string;

	constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
		super(config, context);
		this.file = context.testPath;
		this.n8n = String(config.projectConfig.globals.OLD_N8N_VERSION);
	}

	handleTestEvent(event: Circus.Event): void {
		if (event.name !== 'test_start') return;
		if (differenceFor(this.n8n, this.file, fullName(event.test))) event.test.mode = 'skip';
	}
}

function fullName({ name, parent }: Circus.TestEntry | Circus.DescribeBlock): string {
	return parent && parent.name !== 'ROOT_DESCRIBE_BLOCK' ? `${fullName(parent)} ${name}` : name;
}
