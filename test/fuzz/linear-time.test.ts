import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';
import { Answer } from '../../nodes/shared/answer/answer';
import { AnswerText } from '../../nodes/shared/answer/answer-text';
import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import { parseJson, tryParseJson } from '../../nodes/shared/json/json';

/*
 * Four times the input takes about four times as long; sixteen times would be a server's way to hold n8n up. CPU time is
 * measured, the shortest of some runs, because the machine has other work to do.
 */

jest.setTimeout(120_000);

function feed(text: string, size: number): number {
	const bytes = new TextEncoder().encode(text);
	const reader = new BodyFrames();
	let frames = 0;
	for (let at = 0; at < bytes.length; at += size) frames += reader.push(bytes.subarray(at, at + size)).length;
	return frames + reader.end().frames.length;
}

const KB = 1024;
const event = (at: number) =>
	`data: {"event_id":"e${at}","event_type":"streaming","run_id":"r","content":"piece ${at} 你好","offset":${at}}\n\n`;

function answered(text: string): void {
	const decoder = new ReportifyEvents();
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true });
	const reader = new BodyFrames();
	const bytes = new TextEncoder().encode(text);
	for (let at = 0; at < bytes.length; at += 4096) {
		for (const frame of reader.push(bytes.subarray(at, at + 4096))) {
			for (const each of decoder.decode(frame)) answer.apply(each);
		}
	}
	if (answer.toString() === '') throw new Error('no text');
}

/** What is done, for an input of a size; the smaller size, which is then quadrupled. */
const WORK: Array<[string, number, (size: number) => unknown]> = [
	['an event in one line, in pieces of 4 bytes', 256 * KB, (size) => feed(`data: ${'x'.repeat(size)}\n\n`, 4)],
	['an object in one line, in pieces of 4 bytes', 256 * KB, (size) => feed(`{"a":"${'x'.repeat(size)}"}\n`, 4)],
	['a comment first of all, in pieces of 4 bytes', 256 * KB, (size) => feed(`:${'x'.repeat(size)}\ndata: a\n\n`, 4)],
	['blanks first of all, in pieces of 4 bytes', 256 * KB, (size) => feed(`${' '.repeat(size)}data: a\n\n`, 4)],
	['blank lines, in pieces of 4 bytes', 256 * KB, (size) => feed('\n'.repeat(size), 4)],
	['CR only, in pieces of 4 bytes', 256 * KB, (size) => feed(`data: x\r\r`.repeat(size / 9), 4)],
	['an event of many lines', 256 * KB, (size) => feed(`${'data: x\n'.repeat(size / 8)}\n`, 4096)],
	[
		'an event of 2 MB and more, in pieces of 16 KB',
		2048 * KB,
		(size) => feed(`data: ${'x'.repeat(size)}\n\n`, 16 * KB),
	],
	['opening brackets without end', 256 * KB, (size) => feed(`{"a":${'['.repeat(size)}`, 4096)],
	['brackets in a line that is not JSON', 256 * KB, (size) => feed(`{}\nx${'{'.repeat(size)}`, 4096)],
	['objects that are broken', 256 * KB, (size) => feed('{"a":{\n'.repeat(size / 7), 4096)],
	['quotes and backslashes', 256 * KB, (size) => feed(`{"a":"${'\\"'.repeat(size / 2)}"}`, 64)],
	['events of a stream', 25_000, (size) => answered(Array.from({ length: size }, (_each, at) => event(at)).join(''))],
	[
		'events without ids',
		25_000,
		(size) =>
			answered(Array.from({ length: size }, (_each, at) => event(at).replace(/"event_id":"e\d+",/, '')).join('')),
	],
	['JSON with big integers', 512 * KB, (size) => parseJson(`{"a":[${'11887655289749511,'.repeat(size / 18)}1]}`)],
	['JSON with ids', 512 * KB, (size) => parseJson(`[${'{"id":7},'.repeat(size / 9)}{}]`)],
	[
		'JSON with long text and one big integer',
		1024 * KB,
		(size) => parseJson(`{"t":"${'你'.repeat(size / 3)}","n":11887655289749511}`),
	],
	['JSON that is too deep', 1024 * KB, (size) => tryParseJson('['.repeat(size / 2) + ']'.repeat(size / 2))],
	['JSON with blanks everywhere', 512 * KB, (size) => tryParseJson(`[1,${' '.repeat(size)}`)],
	[
		'files in the output of a tool',
		256 * KB,
		(size) =>
			new ReportifyEvents()
				.decode({
					data: JSON.stringify({
						event_type: 'tool_end',
						output: { content: JSON.stringify({ files: Array.from({ length: size / 16 }, (_e, at) => `f${at}`) }) },
					}),
				})[0]!
				.changes(),
	],
	[
		'blocks of text, the last one being the answer',
		25_000,
		(size) => {
			const text = new AnswerText('lastBlock');
			for (let at = 0; at < size; at++) text.append(`b${at}`, 'x', at % 3);
			return text.toString();
		},
	],
	[
		'blocks of text that are sent whole',
		25_000,
		(size) => {
			const text = new AnswerText('lastBlock');
			for (let at = 0; at < size; at++) text.replace(`b${at}`, `text ${at}`);
			return text.toString();
		},
	],
	[
		'blocks of text that take turns',
		50_000,
		(size) => {
			const text = new AnswerText('everything');
			for (let at = 0; at < size; at++) text.append(`b${at % 7}`, 'x');
			return text.toString();
		},
	],
	[
		'blocks of text that are taken back',
		25_000,
		(size) => {
			const text = new AnswerText('everything');
			for (let at = 0; at < size; at++) text.append(`b${at}`, 'x');
			for (let at = 0; at < size; at++) text.remove(`b${at}`);
			return text.toString();
		},
	],
	[
		'steps of one name without run ids',
		5_000,
		(size) => {
			const decoder = new ReportifyEvents();
			const answer = new Answer({ composition: 'lastBlock', keepSteps: true });
			const apply = (type: string) =>
				decoder.decode({ data: `{"event_type":"${type}","tool_name":"search"}` }).forEach((each) => answer.apply(each));
			for (let at = 0; at < size; at++) apply('tool_start');
			for (let at = 0; at < size; at++) apply('tool_end');
			return answer.steps.length;
		},
	],
	...(['one node', 'many nodes'] as const).map((nodes): [string, number, (size: number) => unknown] => [
		`blocks of ${nodes}, each with the end of its agent and node`,
		4_000,
		(size) => {
			const decoder = new ReportifyEvents();
			const answer = new Answer({ composition: 'lastBlock', keepSteps: true });
			for (let at = 0; at < size; at++) {
				const members = { node_id: nodes === 'one node' ? 'n' : `n${at}`, agent_id: 'a', run_id: `r${at}` };
				for (const event_type of [
					'node_start',
					'agent_start',
					'stream_start',
					'streaming',
					'stream_end',
					'agent_end',
					'node_end',
				]) {
					const data = JSON.stringify({ event_type, ...members, content: `text ${at}` });
					for (const each of decoder.decode({ data })) answer.apply(each);
				}
			}
			return answer.steps.length;
		},
	]),
];

function cpuMs(work: () => unknown): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

const shortest = (runs: number, work: () => unknown) => Math.min(...Array.from({ length: runs }, () => cpuMs(work)));

test.each(WORK)('%s', (_title, size, work) => {
	work(size); // the first time is spent on compiling
	const small = shortest(4, () => work(size));
	const large = shortest(2, () => work(4 * size));
	// Below some milliseconds, a measurement is noise; and no input of this size may take seconds.
	expect(large).toBeLessThan(Math.max(10 * small, 60));
	expect(large).toBeLessThan(10_000);
});
