import { replay } from './replay';

/**
 * Streams cut at every byte. What must never happen: a part of an answer that is reported as the whole. One case cannot
 * be told from an end, because AI-DOL documents no end marker: a body that is properly ended between two frames, behind
 * text. Every such place is listed by these tests, so that none is added unseen.
 */

interface Form {
	/** What goes over the wire, frame by frame. */
	frames: string[];
	/** The text that each frame adds. */
	texts: string[];
	/** Index of the frame that ends the answer; none where only the end of the body does. */
	end?: number;
	/** Index of the first frame behind which a proper end counts as the end of the answer, if there is any. */
	mayEndAfter?: number;
}

const TEXTS = ['Hé', ' 你好 ', '👩‍🔬', '{"'];
const json = (value: unknown) => JSON.stringify(value);
const withEnd = (frames: string[], end: string): Form => ({
	frames: [...frames, end],
	texts: [...TEXTS, ''],
	end: TEXTS.length,
	mayEndAfter: 0,
});

const dify = [
	{ event: 'workflow_started', data: { id: 'w' } },
	...TEXTS.map((answer) => ({ event: 'message', answer, message_id: 'm' })),
	{ event: 'workflow_finished', data: { id: 'w', status: 'succeeded' } },
	{ event: 'message_end', message_id: 'm', metadata: { usage: { total_tokens: 1 } } },
].map(json);

const FORMS: Record<string, Form> = {
	'server-sent events with message_end': withEnd(
		TEXTS.map((answer) => `data: ${json({ event: 'message', answer })}\n\n`),
		`data: ${json({ event: 'message_end' })}\n\n`,
	),
	'server-sent events with [DONE], line ends of Windows': withEnd(
		TEXTS.map((content) => `data: ${json({ choices: [{ delta: { content } }] })}\r\n\r\n`),
		'data: [DONE]\r\n\r\n',
	),
	'named server-sent events': withEnd(
		TEXTS.map((text, index) => `id: ${index}\nevent: delta\ndata: ${json({ text })}\n\n`),
		`event: done\ndata: ${json({ status: 'ok' })}\n\n`,
	),
	'server-sent events without an end marker': {
		frames: TEXTS.map((content) => `data: ${json({ data: { content } })}\n\n`),
		texts: TEXTS,
		mayEndAfter: 0,
	},
	'plain text': {
		frames: ['data: Hé\n\n', 'data:  你好\ndata: \n\n', 'data: 👩‍🔬\n\n'],
		texts: ['Hé', ' 你好\n', '👩‍🔬'],
		mayEndAfter: 0,
	},
	'an answer that comes with its end': {
		frames: ['event: complete\ndata: The whole\ndata: answer\n\n'],
		texts: ['The whole\nanswer'],
		end: 0,
	},
	'lines with an end': withEnd(
		TEXTS.map((content) => `${json({ content })}\n`),
		`${json({ type: 'end' })}\n`,
	),
	'lines with [DONE]': withEnd(
		TEXTS.map((delta) => `${json({ delta })}\n`),
		'[DONE]\n',
	),
	'lines without an end marker': {
		frames: TEXTS.map((answer) => `${json({ code: 10200, success: true, message: 'OK', data: { answer } })}\n`),
		texts: TEXTS,
		mayEndAfter: 0,
	},
	'one envelope': {
		frames: [json({ code: 10200, success: true, message: 'OK', data: { answer: TEXTS.join('') } })],
		texts: [TEXTS.join('')],
		mayEndAfter: 0,
	},
	'one envelope over several lines': {
		frames: [JSON.stringify({ code: 10200, success: true, message: 'OK', data: { answer: TEXTS.join('') } }, null, 2)],
		texts: [TEXTS.join('')],
		mayEndAfter: 0,
	},
	// The stream has told that a workflow runs: it cannot be over before the workflow is.
	'a Dify workflow': {
		frames: dify.map((event) => `data: ${event}\n\n`),
		texts: ['', ...TEXTS, '', ''],
		end: dify.length - 2,
	},
	'a Dify workflow in lines': {
		frames: dify.map((event) => `${event}\n`),
		texts: ['', ...TEXTS, '', ''],
		end: dify.length - 2,
	},
};

/** How many frames a cut leaves whole, and whether it lies between two of them. */
function wholeFrames(form: Form, length: number): { count: number; isBorder: boolean } {
	let at = 0;
	for (const [count, frame] of form.frames.entries()) {
		if (length < at + shortest(frame)) return { count, isBorder: length <= at };
		at += Buffer.byteLength(frame);
		if (length < at) return { count: count + 1, isBorder: true };
	}
	return { count: form.frames.length, isBorder: true };
}

/** Bytes with which a frame is whole: JSON is without its line end, and a CR ends a line without its LF. */
const shortest = (frame: string) =>
	Buffer.byteLength(/^[[{]/.test(frame) ? frame.trimEnd() : frame) - (frame.endsWith('\r\n') ? 1 : 0);

/** An end marker that shows by itself that it is whole is known before the line end behind it. */
function hasEnd(form: Form, length: number): boolean {
	if (form.end === undefined) return false;
	const marker = form.frames[form.end]!;
	const before = Buffer.byteLength(form.frames.slice(0, form.end).join(''));
	return length >= before + Buffer.byteLength(/[\]}]\s*$/.test(marker) ? marker.trimEnd() : marker);
}

describe.each(Object.entries(FORMS))('%s', (_name, form) => {
	const body = Buffer.from(form.frames.join(''));
	const whole = form.texts.join('');

	test('whole, in one piece and in single bytes', async () => {
		for (const pieces of [[body], [...body].map((byte) => Buffer.from([byte]))]) {
			const { answer, failure } = await replay(pieces);
			expect(failure).toBeUndefined();
			expect(answer).toMatchObject({ status: 'completed', text: whole });
		}
	});

	test('broken off at every byte: completed only behind the end marker', async () => {
		for (let length = 0; length < body.length; length++) {
			const { answer, failure } = await replay(body.subarray(0, length), 'broken');
			const { count } = wholeFrames(form, length);
			if (answer) {
				expect([length, hasEnd(form, length)]).toEqual([length, true]);
				expect([length, answer.text]).toEqual([length, whole]);
			} else {
				expect([length, form.end === undefined || count <= form.end]).toEqual([length, true]);
				expect([length, failure.progress.partialAnswer]).toEqual([length, form.texts.slice(0, count).join('')]);
				expect(failure.details.code).toBe('stream_broken');
			}
		}
	});

	test('properly ended at every byte: completed only between two frames', async () => {
		for (let length = 0; length < body.length; length++) {
			const { answer, failure } = await replay(body.subarray(0, length));
			const { count, isBorder } = wholeFrames(form, length);
			const isEnded = hasEnd(form, length);
			const mayEnd = isBorder && form.mayEndAfter !== undefined && count > form.mayEndAfter;
			expect([length, answer !== undefined]).toEqual([length, isEnded || mayEnd]);
			const text = form.texts.slice(0, isEnded ? undefined : count).join('');
			expect([length, answer?.text ?? failure?.progress.partialAnswer]).toEqual([length, text]);
		}
	});
});
