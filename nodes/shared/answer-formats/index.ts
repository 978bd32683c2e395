export { reportFileName, safeFileName } from './file-name';
export { answerHtml, answerHtmlDocument } from './html';
export { kindOf, parseAnswer, type AnswerDocument, type AnswerKind } from './markdown';
export { answerPlainText } from './plain-text';
export { answerSources, type Source } from './sources';
export {
	columnNames,
	MOST_CELL_CHARACTERS,
	TABLE_COLUMN,
	tableRows,
	type TableRows,
	type TableRowsOptions,
} from './table-rows';
export { looksLikeTable } from './table-rule';
export { answerTables, type AnswerTable } from './tables';
export { withoutThinking } from './thinking';
export { answerHeading, answerTitle, firstHeading } from './title';
