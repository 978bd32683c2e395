import { BodyFrames } from '../../nodes/shared/frames/body-frames';

const read = (body: string) => {
	const frames = new BodyFrames();
	const read = frames.push(new TextEncoder().encode(body));
	return [...read, ...frames.end().frames].map(({ data }) => data);
};

test('JSON lines that lost their data: prefix in an event stream are events all the same', () => {
	expect(read('data: {"a":1}\n\n{"b":"x: y"}\n\n[1]\n\ndata: {"c":3}\n\n')).toEqual([
		'{"a":1}',
		'{"b":"x: y"}',
		'[1]',
		'{"c":3}',
	]);
});

test('other unknown lines stay unheard', () => {
	expect(read('data: 1\n\nfoo: {"b":2}\nbar\n\n: {"c":3}\n\n')).toEqual(['1']);
});
