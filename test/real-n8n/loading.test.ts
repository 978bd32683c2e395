import { sharedN8n } from '../../harness/stage/shared-n8n';

const NODES = [
	['CUSTOM.reportify', 'Reportify', ['reportifyApi']],
	['CUSTOM.wpsAgent', 'WPS Agent', ['wpsOAuth2Api', 'wpsAccessTokenApi']],
	['CUSTOM.aiDol', 'AI-DOL', ['aiDolApi']],
] as const;

describe('n8n loads the packed package, which has no node_modules beside it', () => {
	const described = sharedN8n().listNodeTypes();

	test.each(NODES)('%s', async (name, displayName, credentials) => {
		const node = (await described).find((each) => each.name === name);
		expect(node).toMatchObject({ displayName, credentials: credentials.map((type) => ({ name: type })) });
		expect(node).toHaveProperty('iconUrl');
	});

	test.each(NODES)('%s can also be a tool of an AI Agent', async (name) => {
		const tool = (await described).find((each) => each.name === `${name}Tool`);
		expect(tool).toMatchObject({ outputs: ['ai_tool'] });
	});

	test('its icons are served', async () => {
		const { url } = sharedN8n();
		for (const [name] of NODES) {
			const { iconUrl } = ((await described).find((each) => each.name === name) ?? {}) as { iconUrl?: unknown };
			const { light, dark } = iconUrl as { light: string; dark: string };
			for (const path of [light, dark]) {
				const response = await fetch(`${url}/${path}`);
				expect([path, response.status, await response.text()]).toEqual([path, 200, expect.stringContaining('<svg')]);
			}
		}
	});
});
