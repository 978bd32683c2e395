import { aiDolError } from '../nodes/AiDol/aidol-error';
import { reportifyError } from '../nodes/Reportify/reportify-api';
import type { ErrorReader } from '../nodes/shared/http/requests';
import { wpsError } from '../nodes/WpsAgent/wps-error';

/* Frameworks and gateways in front of a provider have their own bodies for errors: the user is to read the reason. */

const READERS: Array<[string, ErrorReader]> = [
	['Reportify', reportifyError],
	['WPS', wpsError()],
	['AI-DOL', aiDolError],
];

describe.each(READERS)('%s', (_name, errorOf) => {
	test.each([
		[
			{ statusCode: 400, message: ['text must be shorter', 'id must be a string'], error: 'Bad Request' },
			['text must be shorter', 'id must be a string'],
		],
		[{ message: [{ msg: 'text must be shorter' }], error: 'Bad Request' }, ['text must be shorter']],
		[{ message: { detail: 'text must be shorter' }, error: 'Bad Request' }, ['text must be shorter']],
		[{ error: 'Bad Request', message: 'text must be shorter' }, ['text must be shorter']],
	])('%j', (body, reasons) => {
		const text = errorOf(400, body, JSON.stringify(body), {})?.text;
		for (const reason of reasons) expect(text).toContain(reason);
		expect(text).not.toContain('Bad Request');
	});
});
