import ts from 'typescript';

/** A comment of a source file. */
export interface Comment {
	text: string;
	/** Of its beginning, counted from 1. */
	line: number;
}

/** All comments of a TypeScript or JavaScript text, in their order; what looks like one inside a string is none. */
export function commentsIn(source: string): Comment[] {
	const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
	const found = new Map<number, Comment>();
	const note = (range: ts.CommentRange) =>
		found.set(range.pos, {
			text: source.slice(range.pos, range.end),
			line: file.getLineAndCharacterOfPosition(range.pos).line + 1,
		});
	const visit = (node: ts.Node): void => {
		ts.getLeadingCommentRanges(source, node.getFullStart())?.forEach(note);
		ts.getTrailingCommentRanges(source, node.getEnd())?.forEach(note);
		node.getChildren(file).forEach(visit);
	};
	visit(file);
	return [...found].sort(([a], [b]) => a - b).map(([, comment]) => comment);
}
