import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Answer } from '../../nodes/shared/answer/answer';
import { ReportifyEvents } from '../../nodes/Reportify/reportify-events';

const lines = readFileSync(join(__dirname, 'reportify-run.ndjson'), 'utf8').trim().split('\n');
const last = JSON.parse(lines.at(-1)!) as {
	output: { write_weekly: { content: string; title: string; filename: string } };
};
const { content, title, filename } = last.output.write_weekly;

function play(events: string[]): Answer {
	const answer = new Answer({ composition: 'lastBlock', keepSteps: true });
	const decoder = new ReportifyEvents();
	for (const data of events) for (const event of decoder.decode({ data })) answer.apply(event);
	return answer;
}

test('the answer is the report, not the plan, the notes or the summary', () => {
	const answer = play(lines);
	expect(answer.outcome).toEqual({ status: 'completed' });
	expect(answer.toString()).toBe(content);
	expect(answer.result).toMatchObject({ title, fileName: filename, fileType: 'markdown' });
	expect(answer.result!.summary).toBe('周报已生成：**DDR5 上涨 4.2%**，NAND 上涨 1.1%。');
	expect(answer.ids.messageId).toBe('019b24ef238cc97730971a9a0080c99c');
		JSON.stringify(
			answer.steps.map((s) => [s.kind, s.name, s.status, s.output, s.durationMs]),
			null,
			1,
		),
	);
});
