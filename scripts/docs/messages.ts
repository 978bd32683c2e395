import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import ts from 'typescript';

/** A message that the code can show to a user. */
export interface Message {
	/** What varies is replaced by `…`. */
	text: string;
	/** Path and line, e.g. `nodes/shared/following/follow.ts:480`. */
	place: string;
}

export interface CollectedMessages {
	messages: Message[];
	/** Short names for branching in a workflow (`error.code`). */
	codes: string[];
	/** Expressions whose text the source does not tell. */
	unreadable: Message[];
}

/** Errors that users see; the first argument is the message. */
const FAILURES = ['ConversationFailure', 'UserError', 'CredentialMistake'];

/**
 * Collects every message that the nodes and the credentials can show: the first argument of the errors that users see,
 * the sentence that `InvalidParameter` makes of its first two, and the member `message` of wordings and of the rules of
 * credential tests.
 *
 * @param root folder of the project
 */
export function collectMessages(root: string): CollectedMessages {
	const found: CollectedMessages = { messages: [], codes: [], unreadable: [] };
	const codes = new Set<string>();
	for (const file of fastGlob.sync('{nodes,credentials}/**/*.ts', { cwd: root }).sort()) {
		const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
		visit(source, (node) => {
			const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
			const place = `${file}:${line}`;
			for (const expression of messagesOf(node)) {
				for (const text of expression.texts) {
					if (/[\p{L}]/u.test(text.replaceAll('…', ''))) found.messages.push({ text, place });
					else found.unreadable.push({ text: expression.source, place });
				}
			}
			codesOf(node).forEach((code) => codes.add(code));
		});
	}
	return { ...found, codes: [...codes].sort() };
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
	look(node);
	node.forEachChild((child) => visit(child, look));
}

interface MessageExpression {
	texts: string[];
	source: string;
}

function messagesOf(node: ts.Node): MessageExpression[] {
	if (ts.isNewExpression(node)) {
		const name = node.expression.getText();
		const [first, second] = node.arguments ?? [];
		if (name === 'InvalidParameter' && first && second) {
			const sentences = textsOf(first).flatMap((parameter) =>
				textsOf(second).map((finding) => `The parameter '${parameter}' ${finding}`),
			);
			return [{ texts: joined(sentences), source: node.getText() }];
		}
		return FAILURES.includes(name) && first ? [{ texts: joined(textsOf(first)), source: first.getText() }] : [];
	}
	if (ts.isPropertyAssignment(node) && node.name.getText() === 'message') {
		const value = ts.isArrowFunction(node.initializer) ? node.initializer.body : node.initializer;
		// Anything else under that name is data, such as the message to an agent.
		if (ts.isStringLiteralLike(value) || ts.isTemplateExpression(value)) {
			return [{ texts: joined(textsOf(value)), source: value.getText() }];
		}
	}
	return [];
}

/** What an expression can evaluate to, as far as the source tells; `…` for the rest. */
function textsOf(expression: ts.Node): string[] {
	if (ts.isStringLiteralLike(expression)) return [expression.text];
	if (ts.isParenthesizedExpression(expression)) return textsOf(expression.expression);
	if (ts.isConditionalExpression(expression)) {
		return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
	}
	if (ts.isTemplateExpression(expression)) {
		return expression.templateSpans.reduce(
			(beginnings, { expression: inserted, literal }) =>
				beginnings.flatMap((beginning) => textsOf(inserted).map((text) => beginning + text + literal.text)),
			[expression.head.text],
		);
	}
	if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
		return textsOf(expression.left).flatMap((left) => textsOf(expression.right).map((right) => left + right));
	}
	return ['…'];
}

/** Adjoining unknown parts are one. */
const joined = (texts: string[]): string[] => texts.map((text) => text.replace(/…+/g, '…'));

/** The literal codes of an object that describes a failure: one that has a `hint`, too. */
function codesOf(node: ts.Node): string[] {
	if (!ts.isObjectLiteralExpression(node)) return [];
	const member = (name: string) => node.properties.find((property) => property.name?.getText() === name);
	const code = member('code');
	return code && ts.isPropertyAssignment(code) && member('hint') ? literalsIn(code.initializer) : [];
}

function literalsIn(expression: ts.Expression): string[] {
	if (ts.isStringLiteralLike(expression)) return [expression.text];
	if (ts.isConditionalExpression(expression)) {
		return [...literalsIn(expression.whenTrue), ...literalsIn(expression.whenFalse)];
	}
	return ts.isBinaryExpression(expression) ? literalsIn(expression.right) : [];
}
