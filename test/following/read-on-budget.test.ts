import { EndedEarly, type Interruption } from '../../nodes/shared/following/interruption';
import { type NextStep, ReadOnBudget } from '../../nodes/shared/following/read-on-budget';
import { HttpError } from '../../nodes/shared/http/http-error';
import { IdleTimeout } from '../../nodes/shared/http/idle-timeout';
import { ConnectionError } from '../../nodes/shared/http/transport';

/* How often a log that breaks is read on: connection by connection, and what is done behind each. */

const broken: Interruption = new ConnectionError('maybe', 'ECONNRESET');
const ended: Interruption = new EndedEarly();
const silent: Interruption = new IdleTimeout(120_000);
const refused = (status: number): Interruption => new HttpError({ status, error: { text: '' } });

/** A connection: how it ended, whether it brought news, how many seconds it stood. */
type Connection = [Interruption, 'news' | 'nothing', number];

const nothing: Connection = [broken, 'nothing', 0];
const news: Connection = [broken, 'news', 1];

test.each<[string, Connection[], NextStep[]]>([
	['five in vain', Array(5).fill(nothing), ['readOn', 'readOn', 'readOn', 'readOn', 'lookUp']],
	['news begins the count anew', [nothing, nothing, news, nothing, nothing], Array(5).fill('readOn')],
	['however it ended', [[ended, 'nothing', 0], [refused(503), 'nothing', 0], nothing], Array(3).fill('readOn')],
	['one that stood long is not in vain', Array(7).fill([ended, 'nothing', 60]), Array(7).fill('lookOnce')],
	['a second short of that is', Array(5).fill([ended, 'nothing', 19]), [...Array(4).fill('readOn'), 'lookUp']],
	['one that stood long and brought news', [[ended, 'news', 60]], ['readOn']],
	['silent once', [[silent, 'nothing', 120]], ['readOn']],
	[
		'silent twice',
		[
			[silent, 'nothing', 120],
			[silent, 'nothing', 120],
		],
		['readOn', 'lookUp'],
	],
	[
		'silent twice, with news in between',
		[
			[silent, 'news', 130],
			[silent, 'news', 130],
		],
		['readOn', 'readOn'],
	],
	['silent, broken, silent', [[silent, 'nothing', 120], nothing, [silent, 'nothing', 120]], Array(3).fill('readOn')],
	...[400, 401, 403, 404, 410, 422].map((status): [string, Connection[], NextStep[]] => [
		`refused for good with ${status}`,
		[news, [refused(status), 'news', 0]],
		['readOn', 'lookUp'],
	]),
])('%s', (_title, connections, steps) => {
	const budget = new ReadOnBudget();
	expect(connections.map(([end, what, seconds]) => budget.next(end, what === 'news', seconds * 1000))).toEqual(steps);
});

test('a provider that says that the agent works is asked again behind each connection', () => {
	const budget = new ReadOnBudget();
	for (let at = 0; at < 5; at++) budget.next(...([broken, false, 0] as const));
	budget.vouched();
	expect(budget.next(broken, false, 0)).toBe('lookUp');
	budget.vouched();
	expect(budget.next(broken, false, 0)).toBe('lookUp');
	expect(budget.next(broken, true, 0)).toBe('readOn');
	expect(budget.next(broken, false, 0)).toBe('readOn');
});
