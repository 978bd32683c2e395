import { tagsIn } from '../../nodes/Reportify/resources/document/tags';
import { chosenDocuments } from '../../nodes/Reportify/resources/message/documents';

/** Values that no form makes, but imported workflows and agents do. */

test.each(['a, b', '["a","b"]', ['a'], 5, true])('%j are no tags', (value) =>
	expect(() => tagsIn(value)).toThrow("The parameter 'Tags' is not a JSON object"),
);

test.each([
	['{"industry": ["Semiconductors"], "person": "Jane"}', { industry: ['Semiconductors'], person: ['Jane'] }],
	[{ tag: ['a', 'b'] }, { tag: ['a', 'b'] }],
	[{ industry: [' a ', 'a', '', null, 5] }, { industry: ['a', '5'] }],
	[{ industry: [] }, undefined],
	[undefined, undefined],
])('%j are the tags %j', (value, tags) => expect(tagsIn(value)).toEqual(tags));

test.each([
	[['5']],
	['5'],
	[5],
	[{ id: '5' }],
	[{ document: ['5'] }],
	[{ document: '5' }],
	[{ fromBinaryField: ['data'] }],
])('%j are no documents', (value) =>
	expect(() => chosenDocuments(value)).toThrow("The parameter 'Documents' is not a list of documents"),
);

test.each([undefined, null, '', {}, { document: [] }, { document: null }])('%j is none', (value) =>
	expect(chosenDocuments(value)).toEqual({ known: [], files: [] }),
);

test('one row may stand for a list of one', () =>
	expect(chosenDocuments({ document: { documentId: ' 5 ' }, fromBinaryField: {} })).toEqual({
		known: [{ doc_id: '5', doc_title: '5' }],
		files: [{ field: 'data', parameter: 'From Binary Field 1: Input Binary Field', name: undefined }],
	}));
