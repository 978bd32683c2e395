import { stringWidth } from './libraries';

const NARROW = /^[\x20-\x7e]*$/;

/** Letters of which the width is known without a look at their neighbours: ASCII, and common Chinese ones twice as wide. */
const COMMON = /^[\x20-\x7e\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*$/;
const WIDE = /[^\x20-\x7e]/g;

/** The width of a text in columns of a font of one width. */
export function displayWidth(text: string): number {
	if (NARROW.test(text)) return text.length;
	return COMMON.test(text) ? text.length + text.match(WIDE)!.length : stringWidth(text);
}
