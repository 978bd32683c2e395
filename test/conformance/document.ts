import { withGeneratedPart } from '../../scripts/generated-part';

const BEGIN = '<!-- results: made by `npm run conformance -- --write` -->';
const END = '<!-- end of results -->';

/** The document with the table in its place. */
export const inDocument = (document: string, table: string): string => withGeneratedPart(document, BEGIN, END, table);
