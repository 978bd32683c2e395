export { reportFileName, safeFileName } from './file-name';
export { answerHtml, answerHtmlDocument, writeHtml, writeHtmlDocument, type HtmlOptions } from './html';
export { kindOf, parseAnswer, readAnswer, type AnswerDocument, type AnswerKind } from './markdown';
export { answerPlainText, writePlainText } from './plain-text';
export { answerSources, type Source, withToolSources } from './sources';
export {
	columnNames,
	MOST_CELL_CHARACTERS,
	TABLE_COLUMN,
	tableRows,
	type TableRows,
	type TableRowsOptions,
	writeTableRows,
} from './table-rows';
export { looksLikeTable } from './table-rule';
export { answerTables, readTables, type AnswerTable } from './tables';
export { withoutThinking } from './thinking';
export { answerHeading, answerTitle, firstHeading } from './title';
export { atOnce, inTurns, type Work } from './work';
