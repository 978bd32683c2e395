import type { MarkdownIt } from './libraries';

type Linkify = MarkdownIt['linkify'];

const LONGEST_ADDRESS = 2_000;

/** Chinese, Japanese and Korean letters, and full-width forms: text that follows an address without a blank. */
const CJK = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\uFF01-\uFFDC`;
const CJK_LETTER = new RegExp(`[${CJK}]`, 'u');
const WORD_LETTER = /[A-Za-z0-9%]/;

/** Names that end a host, beyond those that the library knows: what follows them is not part of it. */
const FURTHER_ENDINGS = new Set(
	'ai app art auto bank blog cafe center city cloud club company design dev email fashion finance fun games global group help host house ink inc law life link live llc ltd love market media mobi mobile money news ngo one online ooo page pay plus press red ren run sale school show site social space store studio team tech today tools top trade video vip wang wiki work works world xin xyz yoga zone'.split(
		' ',
	),
);

/** The endings of hosts in Chinese, Japanese and Korean letters that are in use (IANA's list of top-level domains). */
const CJK_ENDINGS =
	'中国 中國 公司 网络 網絡 网址 网站 网店 中文网 集团 商城 在线 我爱你 移动 政务 政府 公益 世界 健康 企业 信息 商店 商标 娱乐 广东 佛山 慈善 手机 招聘 时尚 机构 组织机构 游戏 点看 珠宝 购物 食品 餐厅 香港 台湾 台灣 澳门 澳門 新加坡 嘉里 大拿 微博 谷歌 联通 八卦 书籍 書籍 家電 通販 电讯盈科 みんな コム ストア セール クラウド グーグル ファッション ポイント アマゾン 한국 닷컴 닷넷 삼성'.split(
		' ',
	);

/** What is in no address, though a blank is not before it: marks of Markdown, quotes, invisible signs, the next address. */
const NO_PART_OF_IT = /\*\*|~~|["\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|(?<=[,;|])(?:https?:\/\/|www\.)/i;

/** Behind a host: it was the name of a user, and the host comes later. */
const USER_NAME = /^(?::[^\s/@]{0,100})?@/;

/** In encyclopedias a Chinese word may well follow Latin letters: `…/wiki/C语言`. */
const ENCYCLOPEDIA = /\/(?:wiki|item)\/[^/?#]*$/;

/**
 * Finds addresses as a reader of Chinese, Japanese or Korean does, who writes no blanks: in `官网https://a.com获取更多`
 * the address ends before `获`. (The library reads all letters on, to a domain that belongs to somebody else.) Names and
 * paths that are Chinese themselves stay whole: `https://例子.中国/报告`.
 */
export function endAddressesBeforeCjk(linkify: Linkify): void {
	const isHostEnding = (label: string): boolean =>
		/^[a-z]{2}$/i.test(label) ||
		FURTHER_ENDINGS.has(label.toLowerCase()) ||
		linkify.re.opts.tlds?.includes(label.toLowerCase()) === true;

	const web = (text: string, position: number): number => {
		const pattern = linkify.re.get_http_validator();
		pattern.lastIndex = position;
		const start = position + '//'.length;
		const glue = glueIn(text, start, isHostEnding);
		const other = NO_PART_OF_IT.exec(text.slice(start, glue ?? start + LONGEST_ADDRESS));
		const end = other === null ? glue : start + other.index;
		const length = pattern.exec(end === null ? text : text.slice(0, end))?.[0].length ?? 0;
		return USER_NAME.test(text.slice(position + length, position + length + LONGEST_ADDRESS)) ? 0 : length;
	};
	for (const scheme of ['http:', 'https:', 'ftp:']) linkify.add(scheme, { validate: web });

	linkify.add('www.', {
		validate: (text, position) => {
			const address = `//www.${text.slice(position, position + LONGEST_ADDRESS)}`;
			const length = web(address, 0);
			// One label after `www.` is not a host.
			return /^\/\/www\.[^/?#]+\.[^/?#]/.test(address.slice(0, length)) ? length - '//www.'.length : 0;
		},
		normalize: (match) => {
			match.url = `http://${match.url}`;
		},
	});

	// Before an address there may be a CJK letter, too; that of an e-mail has an ASCII host only.
	const { re } = linkify;
	const search = new Map<string, RegExp>();
	re.get_schema_search = () => {
		const names = re.get_schema_names().source;
		const known = search.get(names) ?? new RegExp(`(^|(?!_)(?:[><\uFF5C${CJK}]|${re.src_ZPCc}))(${names})`, 'igu');
		search.set(names, known);
		return known;
	};
	const mailHost = /(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,63}(?![\w-]|\.[a-z0-9])/;
	re.get_mail_host = () => mailHost;
	re.get_fuzzy_mail_host = () => mailHost;
	const mailName = new RegExp(`(?:^|[^-\\w!#$%&'*+/=?^\`{|}~.])(${re.get_mail_name().source})$`);
	re.get_mail_name_validator = () => mailName;
}

/** Where text begins that is no part of the address any more, though no blank is before it; null when it does not. */
function glueIn(text: string, start: number, isHostEnding: (label: string) => boolean): number | null {
	let inHost = true;
	/** Whether the part between two separators has CJK letters already: then it is a name like `第3章`. */
	let isCjkPart = false;
	const end = Math.min(text.length, start + LONGEST_ADDRESS);
	for (let position = start; position < end; position++) {
		const character = text[position]!;
		if (/\s/.test(character)) return null;
		if ('/?#'.includes(character)) inHost = false;
		if ('/?#&='.includes(character) || (inHost && character === '.')) isCjkPart = false;
		if (character < '\u1100' || !CJK_LETTER.test(character)) continue;
		if (!isCjkPart && WORD_LETTER.test(text[position - 1] ?? '')) {
			const before = text.slice(start, position);
			if (inHost ? endsHost(before, text.slice(position, end), isHostEnding) : !ENCYCLOPEDIA.test(before))
				return position;
		}
		if (inHost && text[position - 1] === '.') {
			const name = endingIn(text.slice(position, end));
			if (name !== null) return position + name.length;
		}
		isCjkPart = true;
	}
	return null;
}

/** The ending of a host in a label to which more letters are glued: `中国` in `中国获取`. */
function endingIn(label: string): string | null {
	const letters = /^[^\s/?#.:]*/.exec(label)![0];
	if (CJK_ENDINGS.includes(letters)) return null;
	const name = CJK_ENDINGS.filter((ending) => letters.startsWith(ending)).sort((a, b) => b.length - a.length)[0];
	// A further label may follow: `中国银行.中国`.
	return name === undefined || /^\.[\p{L}\p{N}]/u.test(label.slice(letters.length)) ? null : name;
}

function endsHost(host: string, behind: string, isHostEnding: (label: string) => boolean): boolean {
	if (/:\d+$/.test(host) || /^\d+(?:\.\d+){3}$/.test(host) || host === 'localhost') return true;
	const label = /\.([a-z]{2,63})$/i.exec(host)?.[1];
	if (label === undefined) return false; // `3m中国.com`
	return isHostEnding(label) || !/^[^\s/?#.]*\.[a-z0-9]/i.test(behind);
}
