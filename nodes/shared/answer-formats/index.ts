export { reportFileName, safeFileName } from './file-name';
export { answerHtml, answerHtmlDocument } from './html';
export { parseAnswer, type AnswerDocument } from './markdown';
export { answerPlainText } from './plain-text';
export { columnNames, MOST_CELL_CHARACTERS, tableRows, type TableRows } from './table-rows';
export { answerTables, type AnswerTable } from './tables';
export { answerHeading, answerTitle, firstHeading } from './title';
