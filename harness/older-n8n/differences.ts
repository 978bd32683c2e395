import { isOlder } from './engines';

/** Something that older versions of n8n do not have, and the tests that therefore cannot say anything about them. */
export interface Difference {
	/** Why the tests are left out, in a few words. */
	reason: string;
	/** The first n8n for which they make sense. */
	since: string;
	/** The first n8n for which they are left out; every older one, where it is missing. */
	from?: string;
	/** Path of the test file, from the project's folder. */
	file: string;
	/** The test's full name, with those of its groups before it. */
	test: RegExp;
}

const LIVE_TEXT = {
	reason: 'declarative nodes cannot pass live text on before n8n 2.37; the item has it all the same',
	since: '2.37',
};

const RENEWAL = {
	reason: 'a WPS token that is refused with status 200 cannot be renewed at once before n8n 1.123',
	since: '1.123',
};

const BUTTON_WORDS = {
	reason: 'the Test button tells of a failure in the words of n8n, not in ours, before n8n 2.34',
	since: '2.34',
	file: 'test/credentials/test-button.test.ts',
};

export const DIFFERENCES: Difference[] = [
	{
		reason: 'the credential of Reportify has no Test button before n8n 2.10',
		since: '2.10',
		file: 'test/credentials/test-button.test.ts',
		test: /^(?:reportifyApi|Reportify)\b/,
	},
	{ ...BUTTON_WORDS, test: /: nobody there is told apart from a refused key$/ },
	{
		...BUTTON_WORDS,
		test: /^aiDolApi: (?:a wrong signature|an address without the API|a key without rights|an unknown method|a gateway.*|a redirect|too many requests, with HTTP 429)$/,
	},
	{ ...BUTTON_WORDS, test: /^aiDolApi: .* at the address is not a success$/ },
	{ ...BUTTON_WORDS, test: /^aiDolApi: a base URL with the path \/api is not a success$/ },
	{
		...BUTTON_WORDS,
		test: /^reportifyApi: (?:a wrong key|a key without rights|a fault of its own|a gateway.*|too many requests)$/,
		from: '2.10',
	},
	{ ...BUTTON_WORDS, test: /^wpsAccessTokenApi: (?:a refused token|a gateway.*)$/, from: '2.10' },
	{
		reason: 'the Test button calls every answer of a gateway one of another service before n8n 2.10',
		since: '2.10',
		file: 'test/credentials/test-button.test.ts',
		test: /^wpsAccessTokenApi: a gateway/,
	},
	{
		...LIVE_TEXT,
		file: 'test/engine/reportify-live.test.ts',
		test: /^(?!nothing is sent where nobody asked for it$)/,
	},
	{ ...LIVE_TEXT, file: 'test/engine/wps-items.test.ts', test: /^live text arrives as it grows, and ends whole$/ },
	{ ...LIVE_TEXT, file: 'test/engine/aidol-send.test.ts', test: /^passes the text on while the agent is speaking$/ },
	{ ...LIVE_TEXT, file: 'test/engine/aidol-agents.test.ts', test: /^thinking is a step, and not shown live$/ },
	{
		...RENEWAL,
		file: 'test/engine/wps-items.test.ts',
		test: /^Stop cancels with the token that was renewed before, errors under 200$/,
	},
	{ ...RENEWAL, file: 'test/engine/wps-credentials.test.ts', test: /^OAuth2 (?!an account).*, errors under 200/ },
	{ ...RENEWAL, file: 'test/engine/wps-credentials.test.ts', test: /^OAuth2 a refusal under 200 that comes / },
	{
		reason:
			'items whose WPS token is refused with a 401 at the same time each use the refresh token, which may count once, before n8n 2.30',
		since: '2.30',
		file: 'test/engine/wps-credentials.test.ts',
		test: /^OAuth2 many items renew it together, errors under http$/,
	},
	{
		reason: 'a model that uses the node as a tool is told of an error by its message alone before n8n 1.123',
		since: '1.123',
		file: 'test/engine/reportify-tool.test.ts',
		test: /^what goes wrong reaches the model with what to do about it$/,
	},
];

/** Whether a difference makes itself felt in a version. */
export const concerns = ({ from = '0', since }: Difference, n8n: string): boolean =>
	isOlder(n8n, since) && !isOlder(n8n, from);

/** The difference for which a test is left out; undefined when it is run. */
export function differenceFor(n8n: string, file: string, test: string): Difference | undefined {
	return DIFFERENCES.find(
		(each) => concerns(each, n8n) && file.replaceAll('\\', '/').endsWith(each.file) && each.test.test(test),
	);
}
