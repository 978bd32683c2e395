import { aiDolComplaint } from '../nodes/AiDol/aidol-error';
import { reportifyComplaint } from '../nodes/Reportify/reportify-api';
import type { ComplaintReader } from '../nodes/shared/http/requests';
import { wpsComplaint } from '../nodes/WpsAgent/wps-error';

/* Frameworks and gateways in front of a provider have their own bodies for errors: the user is to read the reason. */

const READERS: Array<[string, ComplaintReader]> = [
	['Reportify', reportifyComplaint],
	['WPS', wpsComplaint()],
	['AI-DOL', aiDolComplaint],
];

describe.each(READERS)('%s', (_name, complaintOf) => {
	test.each([
		[
			{ statusCode: 400, message: ['text must be shorter', 'id must be a string'], error: 'Bad Request' },
			['text must be shorter', 'id must be a string'],
		],
		[{ message: [{ msg: 'text must be shorter' }], error: 'Bad Request' }, ['text must be shorter']],
		[{ message: { detail: 'text must be shorter' }, error: 'Bad Request' }, ['text must be shorter']],
		[{ error: 'Bad Request', message: 'text must be shorter' }, ['text must be shorter']],
	])('%j', (body, reasons) => {
		const text = complaintOf(400, body, JSON.stringify(body), {})?.text;
		for (const reason of reasons) expect(text).toContain(reason);
		expect(text).not.toContain('Bad Request');
	});
});
