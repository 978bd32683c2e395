import fc from 'fast-check';
import { dispositionFileName } from '../../nodes/shared/http/content-disposition';

/** A header as Node.js hands it over: its bytes, each as one character. */
const received = (header: string, encoding: BufferEncoding = 'utf8') =>
	Buffer.from(header, encoding).toString('latin1');
const percent = (text: string) =>
	[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

test.each([
	['attachment; filename="report.md"', 'report.md'],
	['attachment; filename=report.md', 'report.md'],
	['attachment; filename=annual report.md', 'annual report.md'],
	['attachment;filename="a;b \\"c\\".md"; size=5', 'a;b "c".md'],
	['ATTACHMENT; FileName="report.md"', 'report.md'],
	['inline; filename = "report.md"', 'report.md'],
	['attachment; filename="x.pdf"; filename*=UTF-8\'\'%E5%B9%B4%E6%8A%A5.pdf', '年报.pdf'],
	['attachment; filename*=UTF-8\'\'%E5%B9%B4%E6%8A%A5.pdf; filename="x.pdf"', '年报.pdf'],
	["attachment; filename*=Utf-8''%e5%b9%b4%e6%8a%a5.pdf", '年报.pdf'],
	["attachment; filename*=utf-8'en'%E5%B9%B4%E6%8A%A5.pdf", '年报.pdf'],
	["attachment; filename*=UTF-8'zh-CN'%E5%B9%B4%E6%8A%A5.pdf", '年报.pdf'],
	['attachment; filename*="UTF-8\'\'%E5%B9%B4%E6%8A%A5.pdf"', '年报.pdf'],
	["attachment; FILENAME*=UTF-8''a%20b.pdf", 'a b.pdf'],
	["attachment; filename*=iso-8859-1''r%E9sum%E9.pdf", 'résumé.pdf'],
	["attachment; filename*=GBK''%C4%EA%B1%A8.pdf", '年报.pdf'],
	["attachment; filename*=gb18030'zh'%C4%EA%B1%A8.pdf", '年报.pdf'],
	['attachment; filename="%E5%B9%B4%E6%8A%A5.pdf"', '年报.pdf'],
	['attachment; filename="Q3%20report.pdf"', 'Q3 report.pdf'],
	['attachment; filename="100% sure.pdf"', '100% sure.pdf'],
	['attachment; filename="=?UTF-8?B?5bm05oqlLnBkZg==?="', '年报.pdf'],
	['attachment; filename="=?utf-8?b?5bm05oql?= =?utf-8?b?LnBkZg==?="', '年报.pdf'],
	['attachment; filename="=?UTF-8?Q?=E5=B9=B4=E6=8A=A5_1.pdf?="', '年报 1.pdf'],
	['attachment; filename="=?GB2312?B?xOqxqA==?=.pdf"', '年报.pdf'],
	['attachment; filename="=?nonsense?B?xOqxqA==?=.pdf"', '=?nonsense?B?xOqxqA==?=.pdf'],
	['attachment; filename="../../etc/passwd"', '../../etc/passwd'],
	["attachment; filename='report.pdf'", 'report.pdf'],
	['attachment; filename="report.pdf', 'report.pdf'],
	['filename="report.pdf"', 'report.pdf'],
	['attachment; filename*=UTF-8%27%27%E5%B9%B4%E6%8A%A5.pdf', '年报.pdf'],
	['attachment; filename*=%E5%B9%B4%E6%8A%A5.pdf', '年报.pdf'],
	['attachment; filename="report.pdf"; filename*=UTF-8\'\'', 'report.pdf'],
	['attachment; filename*=UTF-8\'\'; filename="report.pdf"', 'report.pdf'],
	// A part that cannot be read gives way to the other one.
	['attachment; filename="report.pdf"; filename*=UTF-8\'\'%C4%EA.pdf', 'report.pdf'],
	['attachment; filename="report.pdf"; filename*=nonsense', 'report.pdf'],
])('%s', (header, name) => expect(dispositionFileName(header)).toBe(name));

test.each([
	'attachment; filename="年报.pdf"',
	'attachment; filename=年报.pdf',
	'attachment; filename="年报.pdf"; size=1',
])('raw UTF-8: %s', (header) => {
	expect(dispositionFileName(received(header))).toBe('年报.pdf');
	expect(dispositionFileName(header)).toBe('年报.pdf'); // from a client that has decoded it
});

test('raw UTF-8 behind a star', () =>
	expect(dispositionFileName(received("attachment; filename*=utf-8''年报.pdf"))).toBe('年报.pdf'));

test.each([
	[[0xc4, 0xea, 0xb1, 0xa8], '年报'],
	[[0xb5, 0xda, 0xd2, 0xbb, 0x31, 0xbc, 0xbe, 0xb6, 0xc8], '第一1季度'],
])('raw GBK: %j', (bytes, name) =>
	expect(dispositionFileName(`attachment; filename="${Buffer.from(bytes).toString('latin1')}.pdf"`)).toBe(
		`${name}.pdf`,
	),
);

test.each(['Größe', 'résumé', 'créée', 'Ångström', 'naïve'])('Latin-1 is no GBK: %s', (name) =>
	expect(dispositionFileName(received(`attachment; filename="${name}.pdf"`, 'latin1'))).toBe(`${name}.pdf`),
);

test('raw Latin-1, as the older standard has it', () =>
	expect(dispositionFileName(received('attachment; filename="Größe.pdf"', 'latin1'))).toBe('Größe.pdf'));

test.each([
	undefined,
	'',
	'attachment',
	'attachment; filename',
	'attachment; filename=""',
	'attachment; filename="  "',
	'attachment; size=5',
	'attachment; filename="a\ufffd\ufffd.pdf"',
	received('attachment; filename="\u0085x\u009c.pdf"', 'latin1'),
])('no name: %j', (header) => expect(dispositionFileName(header)).toBeUndefined());

test('property: a name comes back however a server writes it', () => {
	const name = fc
		.array(fc.constantFrom('年', '报', 'é', 'ß', 'a', 'B', '1', ' ', '-', '_', '😀', 'ص', "'", '(', '&'), {
			minLength: 1,
		})
		.map((signs) => `x${signs.join('')}.pdf`);
	fc.assert(
		fc.property(name, (file) => {
			for (const header of [
				received(`attachment; filename="${file}"`),
				`attachment; filename*=UTF-8''${percent(file)}`,
				`attachment; filename="x"; filename*="utf-8'de'${percent(file)}"`,
				`attachment; filename="${percent(file)}"`,
				`attachment; filename="=?UTF-8?B?${Buffer.from(file).toString('base64')}?="`,
			]) {
				expect(dispositionFileName(header)).toBe(file);
			}
		}),
	);
});

test('property: no header throws', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			dispositionFileName(text);
			dispositionFileName(`attachment; filename=${text}`);
			dispositionFileName(`attachment; filename*=${text}`);
		}),
	);
});
