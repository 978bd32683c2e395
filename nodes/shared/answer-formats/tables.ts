import { inlineText, type FootnoteNumbers } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { nodesFrom, type TableRow } from './syntax-tree';

/** A Markdown table: every cell as the text that a spreadsheet user wants to see (links as `text (url)`, line breaks as `\n`). */
export interface AnswerTable {
	headers: string[];
	/** As long as `headers`; longer where the agent wrote more cells than headers. */
	rows: string[][];
}

/** Every Markdown table of an answer, in the order of the text, also those inside lists, quotes and footnotes. */
export function answerTables(answer: string | AnswerDocument): AnswerTable[] {
	const { root, footnotes } = toDocument(answer);
	const tables = [...nodesFrom(root)].filter((node) => node.type === 'table');
	return tables.map((table) => {
		const [headers = [], ...rows] = table.children.map((row) => cellsOf(row, footnotes.numbers));
		// As many as table-rule.ts lets be missing.
		for (const row of rows) {
			while (row.length < headers.length) row.push('');
		}
		return { headers, rows };
	});
}

function cellsOf(row: TableRow, footnotes: FootnoteNumbers): string[] {
	return row.children.map((cell) => inlineText(cell.children, footnotes).trim());
}
