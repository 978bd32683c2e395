import { pictureIn } from '../../nodes/AiDol/picture';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const page = Buffer.from('<html>Sign in</html>').toString('base64');

test.each([
	`data:image/png;base64,${PNG}`,
	`data:image/jpg;base64,${PNG}`,
	`DATA:IMAGE/PNG;charset=utf-8;BASE64, ${PNG.slice(0, 30)}\n${PNG.slice(30)}`,
	`data:application/octet-stream;base64,${PNG}`,
	`data:image/png;base64,${encodeURIComponent(PNG)}`,
	PNG,
])('a PNG, however it is written: %j', (url) => {
	const picture = pictureIn(url);
	expect(picture).toMatchObject({ mimeType: 'image/png', extension: 'png' });
	expect(Buffer.from(picture.bytes).equals(Buffer.from(PNG, 'base64'))).toBe(true);
});

test.each([
	'',
	null,
	'https://a.example/b.png',
	`data:image/png;base64,${page}`,
	`data:image/jpg;base64,${page}`,
	`data:text/html;base64,${page}`,
	'data:image/png;base64,',
	'data:image/png;base64,%%%',
	'data:image/svg+xml;utf8,<svg/>',
])('%j is no picture', (url) => expect(() => pictureIn(url)).toThrow('without a picture'));
