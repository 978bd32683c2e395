import { inlineText, type FootnoteNumbers } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { nodesFrom, type TableRow } from './syntax-tree';

/** A Markdown table: every cell as the text that a spreadsheet user wants to see (links as `text (url)`, line breaks as `\n`). */
export interface AnswerTable {
	headers: string[];
	/** As long as `headers`; longer where the agent wrote more cells than headers. */
	rows: string[][];
}

/**
 * Missing cells are filled in up to this number per answer: a table of 1,000 columns whose 100,000 rows say `|x` would
 * otherwise grow a thousandfold. Rows after that stay as short as they were written.
 */
const MOST_FILLED_IN_CELLS = 500_000;

/** Every Markdown table of an answer, in the order of the text, also those inside lists, quotes and footnotes. */
export function answerTables(answer: string | AnswerDocument): AnswerTable[] {
	const { root, footnotes } = toDocument(answer);
	let budget = MOST_FILLED_IN_CELLS;
	const tables = [...nodesFrom(root)].filter((node) => node.type === 'table');
	return tables.map((table) => {
		const [headers = [], ...rows] = table.children.map((row) => cellsOf(row, footnotes.numbers));
		for (const row of rows) {
			while (row.length < headers.length && budget > 0) {
				row.push('');
				budget -= 1;
			}
		}
		return { headers, rows };
	});
}

function cellsOf(row: TableRow, footnotes: FootnoteNumbers): string[] {
	return row.children.map((cell) => inlineText(cell.children, footnotes).trim());
}
