import { answerHtml, answerHtmlDocument, answerPlainText } from '../../nodes/shared/answer-formats';
import { expectSafeInEveryForm } from './safe-html';
import { readStrictHtml } from './strict-html';

/** What a reader of the answer's HTML sees. */
export function visibleText(markdown: string): string {
	return readStrictHtml(answerHtml(markdown)).text.trim();
}

/** The HTML without its styles and its wrapping element. */
export function bareHtml(markdown: string): string {
	return answerHtml(markdown)
		.replace(/ (?:style|lang)="[^"]*"/g, '')
		.replace(/^<div>|<\/div>$/g, '')
		.trim();
}

/** Throws unless every format has all of the words, the HTML each of them once, and nothing is active. */
export function expectEveryWord(markdown: string, words: readonly string[]): void {
	const text = answerPlainText(markdown);
	const html = visibleText(markdown);
	for (const word of words) {
		expect(text).toContain(word);
		expect(html.split(word)).toHaveLength(2);
	}
	expectSafeInEveryForm(markdown);
	answerHtmlDocument(markdown);
}
