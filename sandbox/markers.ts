/** `[name: argument]` found in a message text. */
export interface Marker {
	readonly name: string;
	readonly argument: string;
}

/**
 * Finds `[script: …]`, `[fault: …]` and `[pace: …]` in a text. Brackets inside JSON arrays and strings belong to the
 * argument. Chinese colons and brackets (`【script：short】`) count too, because that is what an input method types.
 */
export function findMarkers(text: string): Marker[] {
	const found: Marker[] = [];
	const start = /[[【]\s*(script|fault|pace)\s*[:：]/gi;
	for (let match = start.exec(text); match !== null; match = start.exec(text)) {
		const from = start.lastIndex;
		const end = closingBracket(text, from);
		if (end === -1) break;
		found.push({ name: (match[1] ?? '').toLowerCase(), argument: text.slice(from, end).trim() });
		start.lastIndex = end + 1;
	}
	return found;
}

function closingBracket(text: string, from: number): number {
	let depth = 0;
	let inString = false;
	for (let i = from; i < text.length; i++) {
		const char = text[i];
		if (inString) {
			if (char === '\\') i++;
			else if (char === '"') inString = false;
		} else if (char === '"') inString = true;
		else if (char === '[') depth++;
		else if (char === ']' || char === '】') {
			if (depth === 0) return i;
			depth--;
		}
	}
	return -1;
}

/** The text without its markers, as `[script: echo]` gives it back. */
export function withoutMarkers(text: string): string {
	let rest = text;
	const start = /[[【]\s*(?:script|fault|pace)\s*[:：]/i;
	for (let match = start.exec(rest); match !== null; match = start.exec(rest)) {
		const end = closingBracket(rest, match.index + match[0].length);
		if (end === -1) break;
		rest = rest.slice(0, match.index) + rest.slice(end + 1);
	}
	return rest.trim();
}
