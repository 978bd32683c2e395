import { LiveAddresses } from '../../nodes/WpsAgent/live-addresses';
import { WpsApi } from '../../nodes/WpsAgent/wps-api';
import { TokenRenewal } from '../../nodes/WpsAgent/token-renewal';
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
