import { type ChatMemo, fingerprint, rememberChat, rememberedChat } from '../../nodes/WpsAgent/chat-memo';

const memoWith = (earlier: number, name = ''): ChatMemo => ({
	earlier: new Set(Array.from({ length: earlier }, (_, n) => fingerprint(`${name}${n}`))),
	question: fingerprint(name),
});

test('a chat is remembered by both of its ids', () => {
	const memo = memoWith(2, 'a');
	rememberChat('s1', 'c1', memo);
	expect(rememberedChat('s1', 'c1')).toEqual(memo);
	expect(rememberedChat('s1', 'c2')).toBeUndefined();
	expect(rememberedChat('s2', 'c1')).toBeUndefined();
});

test('texts are not kept, however long they are', () => {
	expect(fingerprint('x'.repeat(300_000))).toHaveLength(16);
	expect(fingerprint(' a  b\n')).toBe(fingerprint('a b'));
	expect(fingerprint('a b')).not.toBe(fingerprint('ab'));
});

test('the oldest chats are forgotten, the newest is never', () => {
	for (let n = 0; n < 1500; n++) rememberChat('s', `c${n}`, memoWith(0));
	expect(rememberedChat('s', 'c499')).toBeUndefined();
	expect(rememberedChat('s', 'c500')).toBeDefined();
});

test('so are those of long conversations, before they fill the memory', () => {
	for (let n = 0; n < 60; n++) rememberChat('long', `c${n}`, memoWith(3000));
	expect(rememberedChat('long', 'c20')).toBeUndefined();
	expect(rememberedChat('long', 'c59')).toBeDefined();
	rememberChat('huge', 'c', memoWith(150_000));
	expect(rememberedChat('huge', 'c')).toBeDefined();
	expect(rememberedChat('long', 'c59')).toBeUndefined();
});
