import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import type { INode } from 'n8n-workflow';
import stringWidth from 'string-width';

/** The example workflows can become templates in n8n's library: nothing in them belongs to an n8n, a person or an account. */

const root = join(__dirname, '../..');

interface Template {
	name: string;
	nodes: INode[];
	[member: string]: unknown;
}

const templates = fastGlob.sync('examples/*.json', { cwd: root }).map((file) => {
	const text = readFileSync(join(root, file), 'utf8');
	return { file, text, template: JSON.parse(text) as Template };
});

/** What an export brings along that a template must not have. */
const MEMBERS = ['name', 'nodes', 'connections', 'settings', 'pinData'];
const NODE_MEMBERS = [
	...['parameters', 'id', 'name', 'type', 'typeVersion', 'position', 'credentials', 'webhookId'],
	...[
		'onError',
		'retryOnFail',
		'maxTries',
		'waitBetweenTries',
		'executeOnce',
		'alwaysOutputData',
		'notes',
		'notesInFlow',
	],
];

/** Forms of secrets and of things that lead to a person. */
const TELLTALES: Record<string, RegExp> = {
	'an e-mail address': /[\w.+-]+@(?!(\w+\.)?example(\.com|\.org)?\b)[\w-]+\.[a-z]{2,}/gi,
	'a bearer token': /bearer\s+[\w.-]{12,}/gi,
	'a JSON web token': /\beyJ[\w-]{8,}\.[\w-]{8,}\./g,
	'an API key': /\b(sk|rk|pk|ak|ghp|gho|glpat|xox[bap])[-_][\w-]{16,}/gi,
	'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/g,
	'a long secret': /\b[0-9a-f]{32,}\b/gi,
	'an address of an own n8n': /https?:\/\/(localhost|127\.|10\.|192\.168\.|[\w.-]*n8n\.cloud)/gi,
	'an id of a conversation or an agent': /\b\d{12,}\b/g,
};

const isNote = ({ type }: INode) => type === 'n8n-nodes-base.stickyNote';

describe.each(templates)('$file', ({ text, template }) => {
	test('has the members of a workflow, and none of an n8n or a run', () => {
		expect(Object.keys(template).filter((member) => !MEMBERS.includes(member))).toEqual([]);
		expect(template.pinData ?? {}).toEqual({});
		const settings = template.settings as Record<string, unknown>;
		expect(
			Object.keys(settings).filter((member) => /workflow|caller|timezone|saveData|errorWorkflow/i.test(member)),
		).toEqual([]);
		for (const node of template.nodes) {
			expect(Object.keys(node).filter((member) => !NODE_MEMBERS.includes(member))).toEqual([]);
		}
	});

	test.each(Object.entries(TELLTALES))('has not %s', (_, pattern) => {
		// ids of nodes and of webhooks are made up for the file
		const own = [...text.matchAll(/"(?:id|webhookId|path)": "([\w-]+)"/g)].map(([, id]) => id!);
		const rest = own.reduce((shorter, id) => shorter.replaceAll(id, ''), text);
		expect(rest.match(pattern) ?? []).toEqual([]);
	});

	test('begins with a note that says what it does and what to fill in', () => {
		const [note] = template.nodes.filter(isNote);
		expect(note?.parameters.content).toMatch(/^## \S/);
		expect(note?.parameters.content).toContain('**Fill in**');
	});

	test('its notes are high enough for their text, and cover no node', () => {
		for (const note of template.nodes.filter(isNote)) {
			const {
				content,
				width = 240,
				height = 160,
			} = note.parameters as { content: string; width?: number; height?: number };
			expect(heightOf(content, width)).toBeLessThanOrEqual(height);
			const [left, top] = note.position;
			const covered = template.nodes.filter(
				({ position: [x, y], ...node }) =>
					!isNote(node as INode) && x + NODE > left && x < left + width && y + NODE > top && y < top + height,
			);
			expect(covered.map(({ name }) => name)).toEqual([]);
		}
	});
});

/** Side of a node on n8n's canvas, pixels. */
const NODE = 96;

/**
 * How high a note has to be for its text, pixels. Taken from how n8n 2.41 shows notes, a little on the high side;
 * `npm run screens -- notes` measures in the editor itself.
 */
function heightOf(content: string, width: number): number {
	const blocks = content.split('\n').filter((line) => line.trim() !== '');
	return blocks.reduce((height, line) => height + blockHeight(line, width - 26), 16);
}

function blockHeight(line: string, width: number): number {
	const isHeading = line.startsWith('## ');
	const isItem = /^(\d+\.|[-*]) /.test(line);
	const [glyph, lineHeight, margin] = isHeading ? [11.5, 31, 8] : isItem ? [6.9, 18, 4] : [6.9, 18, 8];
	const isCode = /^`[^`]+`$/.test(line);
	const shown = line
		.replace(/^(#+|\d+\.|[-*]) /, '')
		.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
		.replace(/[*`]/g, '');
	const columns = Math.floor((isItem ? width - 20 : width) / (isCode ? 9 : glyph));
	return linesOf(shown, columns) * (isCode ? 22 : lineHeight) + margin;
}

/** Lines of a text that breaks between words. */
function linesOf(text: string, columns: number): number {
	let lines = 1;
	let used = 0;
	for (const word of text.split(' ')) {
		const length = stringWidth(word);
		if (used > 0 && used + 1 + length > columns) {
			lines++;
			used = 0;
		}
		used += (used > 0 ? 1 : 0) + length;
		lines += Math.max(0, Math.ceil(used / columns) - 1);
		if (used > columns) used %= columns;
	}
	return lines;
}
