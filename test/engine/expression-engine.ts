import { Expression } from 'n8n-workflow';

/**
 * Evaluates expressions as n8n does in production: in a sandbox that an execution holds while it runs and that is gone
 * once it was stopped. Chosen by the variable that n8n itself uses: `N8N_EXPRESSION_ENGINE=quickjs` works on every Node,
 * `vm` (production's isolated-vm) on Node 24 and later. Without it, expressions are evaluated in this process.
 */
const engine = process.env.N8N_EXPRESSION_ENGINE ?? 'legacy';

/** Production's limits, except for the pool: test files run one execution at a time, a few of them overlapping. */
const LIMITS = { bridgeTimeout: 5000, bridgeMemoryLimit: 128, poolSize: 2, maxCodeCacheSize: 64 };

if (engine === 'vm' || engine === 'quickjs') {
	beforeAll(async () => {
		await Expression.initExpressionEngine({ engine, ...LIMITS });
		expect(Expression.getActiveImplementation()).toBe(engine);
	});
	afterAll(async () => await Expression.disposeExpressionEngine());
} else if (engine !== 'legacy') {
	throw new Error(`N8N_EXPRESSION_ENGINE is "${engine}". It can be vm, quickjs or legacy.`);
}
