// The only file that imports third-party code: the build puts a library into every file that imports it.
import type { default as MarkdownItFunction } from 'markdown-it';
import type { DefaultTreeAdapterTypes } from 'parse5';

export { default as markdownIt, type StateBlock, type StateInline, type Token } from 'markdown-it';
export { default as cjkFriendlyEmphasis } from 'markdown-it-cjk-friendly';
export { default as footnotes } from 'markdown-it-footnote';
export { parseFragment } from 'parse5';
export { default as stringWidth } from 'string-width';

export type MarkdownIt = ReturnType<typeof MarkdownItFunction>;
export type BlockRule = ReturnType<MarkdownIt['block']['ruler']['getRules']>[number];
export type CoreRule = ReturnType<MarkdownIt['core']['ruler']['getRules']>[number];
export type InlineRule = ReturnType<MarkdownIt['inline']['ruler']['getRules']>[number];
export type HtmlNode = DefaultTreeAdapterTypes.Node;
