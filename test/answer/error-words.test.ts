import { aiDolComplaint } from '../../nodes/AiDol/aidol-error';
import { reportifyComplaint } from '../../nodes/Reportify/reportify-api';
import { errorText, errorWords } from '../../nodes/shared/answer/error-words';
import type { JsonValue } from '../../nodes/shared/json/json';
import { wpsComplaint } from '../../nodes/WpsAgent/wps-error';
import { fc } from '../fuzz/seed';

const FORMS: Array<[what: string, body: JsonValue, words: string]> = [
	[
		'NestJS',
		{ message: ['text must be shorter', 'x'], error: 'Bad Request', statusCode: 400 },
		'text must be shorter; x',
	],
	['FastAPI', { detail: [{ loc: ['body', 'messages', 0], msg: 'field required' }] }, 'messages.0: field required'],
	['FastAPI in short', { detail: 'Insufficient credits' }, 'Insufficient credits'],
	['OpenAI', { error: { message: 'bad key', type: 'invalid_request_error', code: 'x' } }, 'bad key'],
	['GraphQL', { errors: [{ message: 'a', path: ['b'] }, { message: 'c' }] }, 'a; c'],
	['Laravel', { message: 'The given data was invalid.', errors: { text: ['too long', 'bad'] } }, 'text: too long; bad'],
	['RFC 9457', { type: 'about:blank', title: 'Bad Request', detail: 'too long', status: 400 }, 'too long'],
	['Spring', { status: 400, error: 'Bad Request', errors: [{ field: 'a', defaultMessage: 'no' }] }, 'no'],
	['OAuth2', { error: 'invalid_grant', error_description: 'token expired' }, 'token expired'],
	['AWS', { Message: 'not authorized' }, 'not authorized'],
	['Azure', { Error: { Code: 'X', Message: 'y' } }, 'y'],
	['Apigee', { fault: { faultstring: 'Invalid token', detail: { errorcode: 'x' } } }, 'Invalid token'],
	['Elasticsearch', { status: 'error', error: { reason: 'nope' } }, 'nope'],
	['WeChat', { errcode: 40001, errmsg: '参数错误' }, '参数错误'],
	['a list', ['a', 'b'], 'a; b'],
	['a text', 'no', 'no'],
	['a list in detail', { detail: { message: ['a', 'b'] } }, 'a; b'],
	['deep', { detail: { errors: [{ msg: 'q' }] } }, 'q'],
	['an empty message', { message: '', error: 'real' }, 'real'],
	['words in two languages', { message: { zh: '错误', en: 'wrong' } }, 'zh: 错误; en: wrong'],
	['nothing but the status', { message: 'Bad Request' }, 'Bad Request'],
];

test.each(FORMS)('%s', (_what, body, words) => expect(errorWords(body)).toBe(words));

describe.each([
	['Reportify', (body: JsonValue) => reportifyComplaint(400, body, JSON.stringify(body))],
	['AI-DOL', (body: JsonValue) => aiDolComplaint(400, body, JSON.stringify(body))],
	['WPS', (body: JsonValue) => wpsComplaint()(400, body, JSON.stringify(body))],
])('%s', (_name, complaintOf) => {
	test.each(FORMS)('says what %s says', (_what, body, words) => expect(complaintOf(body)?.text).toBe(words));

	test('never hands on an object as text', () => {
		const word = fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9}){0,3}$/);
		const body = fc.letrec((tie) => ({
			value: fc.oneof({ maxDepth: 4 }, word, fc.integer(), fc.constant(null), tie('list'), tie('object')),
			list: fc.array(tie('value'), { maxLength: 3 }),
			object: fc.dictionary(
				fc.constantFrom('message', 'msg', 'detail', 'error', 'errors', 'code', 'data', 'x'),
				tie('value'),
			),
		})).object;
		fc.assert(
			fc.property(body, (given) => {
				expect(complaintOf(given as JsonValue)?.text ?? '').not.toContain('[object');
			}),
			{ numRuns: 500 },
		);
	});
});

test.each<JsonValue>([{}, { error: {} }, { error: true }, { message: null }, [], 42, null, { code: 1 }])(
	'%j has no words',
	(body) => expect(errorWords(body)).toBeUndefined(),
);

test.each([
	['<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1></body></html>', '502 Bad Gateway'],
	['<!DOCTYPE html><body><style>a{}</style><p>No <b>entry</b></p></body>', 'No entry'],
	['  404 page not found ', '404 page not found'],
	['', ''],
])('of %j the words are %j', (text, words) => expect(errorText(undefined, text)).toBe(words));
