import { refusalFailure } from '../../nodes/shared/http/http-error';
import { wpsComplaint } from '../../nodes/WpsAgent/wps-error';

const complaintOf = wpsComplaint('kso.devhub_chat.readwrite');
const ofCode = (code: number | string, status = 200) => complaintOf(status, { code, msg: 'said' }, '')!;

test.each<[string, object, string]>([
	['msg alone', {}, 'said'],
	['more is empty', { more: {} }, 'said'],
	['debug.desc', { debug: { desc: 'scope is missing' } }, 'said; scope is missing'],
	['more, in words', { more: { desc: 'field text' } }, 'said; field text'],
	['more as text', { more: 'field text' }, 'said; field text'],
	['more in a form of its own', { more: { field: 'text', limit: 1024 } }, 'said; {"field":"text","limit":1024}'],
	['the same twice', { more: { message: 'said' }, debug: { desc: 'said' } }, 'said'],
	['both', { more: { detail: 'a' }, debug: { desc: 'b' } }, 'said; b; a'],
])('what a refusal says: %s', (_what, members, text) => {
	expect(complaintOf(200, { code: 400000007, msg: 'said', ...members }, '')).toMatchObject({ text });
	expect(complaintOf(400, { msg: 'said', ...members }, '')).toMatchObject({ text });
});

test('a permission works only after a release and an approval', () => {
	expect(ofCode(403000001).hint).toMatch(
		/release a new version of the app.*administrator of your organisation approve/,
	);
});

test.each([200, 400, 500])('a code of 0 is success, whatever the status (%d)', (status) => {
	expect(complaintOf(status, { code: 0, msg: 'anything' }, '')).toBeUndefined();
	expect(complaintOf(status, { code: '0', data: {} }, '')).toBeUndefined();
});

// docs/apis/wps.md §2
test.each([
	[400000001, 429],
	[429000001, 429],
	[400000002, 400],
	[400000007, 400],
	[400000103, 404],
	[404000001, 404],
	[500410001, 404],
	[400413001, 404],
	[401000001, 401],
	[401030001, 401],
	[401030003, 401],
	[40100011, 401],
	[40100009, 401],
	[400001001, 401],
	[403000001, 403],
	[40300010, 403],
	[415000001, 415],
	[500000004, 500],
	[503000001, 503],
	[50000006, 500],
	[50300007, 503],
])('%d is like HTTP %d', (code, like) => {
	expect(ofCode(code)).toMatchObject({ code: String(code), text: 'said', like });
	expect(ofCode(String(code), like)).toMatchObject({ like });
});

test.each([499000001, 400000201, 999999999, 123, 77777777777])(
	'%d leaves open whether the question was taken in: it is not asked again',
	(code) => expect(ofCode(code).like).toBeGreaterThanOrEqual(500),
);

test('an unknown code takes the meaning of its HTTP status', () => {
	expect(ofCode(17, 429).like).toBe(429);
});

test.each([
	[403000001, /kso\.devhub_chat\.readwrite/],
	[40300010, /kso\.devhub_chat\.readwrite.*developer console/],
	[401000001, /signature checking is on.*developer console.*Sign Requests.*Access Key.*Secret Key/],
	[401030001, /has expired.*two hours/],
	[401030003, /two hours/],
	[401001005, /not that of an app/],
	[404000001, /App ID/],
])('%d says what to do', (code, hint) => {
	expect(refusalFailure('WPS', { status: 200, complaint: ofCode(code) }).details.hint).toMatch(hint);
});

test.each([
	[401000001, 'access token or signature'],
	[401030001, 'access token'],
	[400001001, 'access token'],
	[40100011, 'access token'],
])('%d names what was refused, which is never an API key', (code, refused) => {
	const failure = refusalFailure('WPS', { status: 200, complaint: ofCode(code) });
	expect(failure.message).toBe(`The ${refused} was refused by WPS (401)`);
});

test('a 403 is not said to come from a missing permission, which only the code for that tells', () => {
	for (const complaint of [ofCode(403000002), complaintOf(403, undefined, '<html>blocked</html>')!]) {
		const { hint } = refusalFailure('WPS', { status: 403, complaint }).details;
		expect(hint).toMatch(/needs the permission kso\.devhub_chat\.readwrite\. If the access token lacks it/);
	}
	expect(complaintOf(403, undefined, '<html>blocked</html>')!.hint).toContain('firewall');
	expect(ofCode(403000001).hint).not.toContain('firewall');
});

test('a 401 without an envelope leaves open which it was', () => {
	const failure = refusalFailure('WPS', { status: 401, complaint: complaintOf(401, undefined, 'Unauthorized')! });
	expect(failure.message).toBe('The access token or signature was refused by WPS (401)');
});

test('bodies that are no envelope', () => {
	expect(complaintOf(200, { data: 1 }, '')).toBeUndefined();
	expect(complaintOf(200, undefined, 'x')).toBeUndefined();
	expect(complaintOf(502, undefined, ' <html>bad gateway</html> ')).toMatchObject({
		text: 'bad gateway',
		hint: undefined,
	});
	expect(complaintOf(403, { message: 'blocked' }, '')).toMatchObject({
		text: 'blocked',
		hint: expect.stringContaining('permission'),
	});
});
