/**
 * The look of an answer, inline: mail clients drop style sheets (Gmail clips a message at 102 kB, hence the brevity).
 * Outlook for Windows ignores rounded corners, padding outside of cells and scrolling, and stays readable without them.
 */

/** Latin fonts first, so that letters and digits keep their shape; then the Chinese ones of macOS, Windows and Linux. */
const FONTS =
	'-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,PingFang SC,Hiragino Sans GB,' +
	'Microsoft YaHei,Noto Sans CJK SC,Noto Sans SC,sans-serif';

const CODE_FONTS = 'Consolas,Menlo,Monaco,Courier New,PingFang SC,Microsoft YaHei,monospace';

const BORDER = '1px solid #d0d7de';
const SHADE = '#f6f8fa';
const MUTED = '#57606a';
const CELL = `border:${BORDER}`;
const HIGH_CELL = `${CELL};vertical-align:top`;

const headingOf = (size: number): string => `margin:22px 0 10px;font-size:${size}px;line-height:1.4;font-weight:600`;

export const STYLES = {
	/** With a ground of its own: on the dark one of a mail client dark letters could not be read. */
	answer: `max-width:720px;font-family:${FONTS};font-size:15px;line-height:1.7;color:#1f2328;background-color:#ffffff;word-wrap:break-word;overflow-wrap:break-word`,
	page: 'margin:0;padding:24px 16px;background-color:#ffffff',
	note: `margin:0 0 14px;font-size:13px;color:${MUTED}`,
	headings: [headingOf(22), headingOf(19), headingOf(17), headingOf(15), headingOf(15), headingOf(15)],
	paragraph: 'margin:0 0 14px',
	verbatim: 'margin:0 0 14px;white-space:pre-wrap',
	innerParagraph: 'margin:0 0 6px',
	list: 'margin:0 0 14px;padding-left:24px',
	innerList: 'margin:4px 0 0;padding-left:24px',
	item: 'margin:4px 0',
	taskItem: 'margin:4px 0;list-style-type:none',
	quote: `margin:0 0 14px;padding:2px 0 2px 14px;border-left:4px solid #d0d7de;color:${MUTED}`,
	rule: `margin:20px 0;border:0;border-top:${BORDER}`,
	codeBlock:
		`margin:0 0 14px;padding:10px 12px;border:${BORDER};border-radius:6px;background-color:${SHADE};` +
		`font-family:${CODE_FONTS};font-size:13px;line-height:1.55;white-space:pre-wrap;word-wrap:break-word`,
	code: `padding:1px 4px;border-radius:4px;background-color:#eef1f4;font-family:${CODE_FONTS};font-size:13px`,
	link: 'color:#0b57d0;text-decoration:underline',
	/** An address is one long word: it may break where the line ends, or it would widen a whole table. */
	address: 'color:#0b57d0;text-decoration:underline;word-break:break-word',
	image: 'max-width:100%;height:auto;border:0',
	/** A table that is too wide for a phone scrolls by itself, not the whole message. */
	tableFrame: 'margin:0 0 14px;overflow-x:auto',
	table: 'border-collapse:collapse;font-size:14px;line-height:1.6;color:#1f2328',
	/** The least width keeps Chinese headers from standing upright, one character a line… */
	headerCell: `${CELL};min-width:56px;background-color:${SHADE};text-align:left;font-weight:600`,
	/** …and sentences from becoming a tall column of two characters a line. */
	wideHeaderCell: `${CELL};min-width:160px;background-color:${SHADE};text-align:left;font-weight:600`,
	cell: CELL,
	/** Beside a cell of several lines the others begin at its top. */
	highCell: HIGH_CELL,
	footnotes: `margin:20px 0 0;padding-top:10px;border-top:${BORDER};font-size:13px;color:${MUTED}`,
	footnoteList: 'margin:0;padding-left:24px',
	footnoteMark: 'font-size:12px;line-height:1',
} as const;
