import { TokenRenewal } from '../../nodes/WpsAgent/token-renewal';

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
