// The only file that imports third-party code: the build puts a library into every file that imports it.
export { default as markdownIt, type StateBlock, type StateInline, type Token } from 'markdown-it';
export { default as cjkFriendlyEmphasis } from 'markdown-it-cjk-friendly';
export { default as footnotes } from 'markdown-it-footnote';
export type { Element, ElementContent, Properties } from 'hast';
export { toHtml } from 'hast-util-to-html';
export { default as stringWidth } from 'string-width';
