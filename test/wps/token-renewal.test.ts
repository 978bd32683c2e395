import { LiveAddresses } from '../../nodes/WpsAgent/live-addresses';
import { TokenRenewal } from '../../nodes/WpsAgent/token-renewal';
import { WpsApi } from '../../nodes/WpsAgent/wps-api';
import { END, message } from './events';
import { QUESTION } from './follow-wps';
import { ok, refusal, ScriptedWps } from './scripted-wps';

test('those who were refused with the same token renew it once', async () => {
	let renewals = 0;
	const renewal = new TokenRenewal(async () => {
		await Promise.resolve();
		renewals++;
	});
	const { state } = renewal;
	await Promise.all([renewal.renewSince(state), renewal.renewSince(state), renewal.renewSince(state)]);
	await renewal.renewSince(state); // refused with the old one, heard of it late
	expect(renewals).toBe(1);
	await renewal.renewSince(renewal.state);
	expect(renewals).toBe(2);
});

test('a renewal that fails is told to all, and tried again by the next', async () => {
	let tries = 0;
	const renewal = new TokenRenewal(async () => {
		await Promise.resolve();
		if (++tries === 1) throw new Error('revoked');
	});
	const refused = [renewal.renewSince(0), renewal.renewSince(0)];
	for (const each of await Promise.allSettled(refused)) expect(each.status).toBe('rejected');
	await renewal.renewSince(0);
	expect([tries, renewal.state]).toEqual([2, 1]);
});

test.each([
	['401030001', 200],
	['401030001', 400],
	['401030003', 403],
	['40100011', 500],
])('a token that WPS refuses with code %s under HTTP %d is renewed, and the call made again', async (code, status) => {
	const wps = new ScriptedWps().on(/sessions\/create/, (_, nth) =>
		nth === 1 ? refusal(Number(code), status) : ok({ session_id: 's1' }),
	);
	let renewals = 0;
	const renewal = new TokenRenewal(async () => void renewals++);
	await new WpsApi(wps.connection, 'app1', new LiveAddresses('apps'), renewal).createSession();
	expect([renewals, wps.requests.length]).toEqual([1, 2]);
});

test('what n8n has seen itself, an HTTP 401, is not renewed once more', async () => {
	const wps = new ScriptedWps().on(/./, refusal(401030001, 401));
	let renewals = 0;
	const renewal = new TokenRenewal(async () => void renewals++);
	await expect(new WpsApi(wps.connection, 'app1', new LiveAddresses('apps'), renewal).createSession()).rejects.toThrow(
		'401',
	);
	expect([renewals, wps.requests.length]).toEqual([0, 1]);
});

describe('a question whose token is refused in the place of its stream', () => {
	const REFUSAL = JSON.stringify({ code: 401030001, msg: '令牌已过期' });
	const STREAM = [message('the answer'), END].map((event) => `${JSON.stringify(event)}\n\n`).join('');
	const bytes = new TextEncoder().encode(REFUSAL);

	async function asked(pieces: Array<Uint8Array | string>, renew: () => Promise<void>) {
		const wps = new ScriptedWps().on(/chats\/create/, (_, nth) => (nth === 1 ? { pieces } : { text: STREAM }));
		const renewal = new TokenRenewal(renew);
		const api = new WpsApi(wps.connection, 'app1', new LiveAddresses('apps'), renewal);
		const { body } = await api.streamChat('s1', QUESTION, new AbortController().signal);
		const decoder = new TextDecoder();
		let text = '';
		for await (const piece of body) text += decoder.decode(piece, { stream: true });
		return { text, wps };
	}

	const cuts = [...bytes.keys()].slice(1);
	const FORMS: Array<[string, (cut: number) => Array<Uint8Array | string>]> = [
		['in two pieces', (cut) => [bytes.slice(0, cut), bytes.slice(cut)]],
		['behind a blank line', (cut) => ['\n\n', bytes.slice(0, cut), bytes.slice(cut)]],
		['behind signs of life', (cut) => [': ping\n\n', ': ping\n\n', bytes.slice(0, cut), bytes.slice(cut)]],
		['as an event', () => ['data: ', REFUSAL, '\n', '\n']],
		['as an event behind one without data', () => ['event: ping\n\n', `data: ${REFUSAL}\n\n`]],
	];

	test.each(FORMS)('%s, cut anywhere: renewed once, asked once more', async (_form, piecesOf) => {
		for (const cut of cuts) {
			let renewals = 0;
			const { text, wps } = await asked(piecesOf(cut), async () => void renewals++);
			expect([text.endsWith(STREAM), text.includes('401030001')]).toEqual([true, false]);
			expect([renewals, wps.requests.length]).toEqual([1, 2]);
		}
	});

	test('and cannot be renewed: told, not asked again', async () => {
		const revoked = async () => await Promise.reject(new Error('revoked'));
		await expect(asked([REFUSAL], revoked)).rejects.toThrow('200');
		const { text, wps } = await asked([': ping\n\n', REFUSAL], revoked);
		expect(text).toContain('401030001');
		expect(wps.requests).toHaveLength(1);
	});

	test('a stream that is none of this is handed on, byte for byte', async () => {
		for (const pieces of [[STREAM], [...STREAM], [': ping\n\n', STREAM], ['']]) {
			const { text } = await asked(pieces, async () => await Promise.reject(new Error('not asked for')));
			expect(text).toBe(pieces.join(''));
		}
	});
});
