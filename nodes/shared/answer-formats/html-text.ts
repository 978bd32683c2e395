/** Text of HTML that a function of this file made: nothing in it is left to escape. */
export type Html = string & { readonly __html: unique symbol };

type Attributes = Readonly<Record<string, string | number | undefined>>;

const WITHOUT_END = new Set(['br', 'hr', 'img', 'meta']);
const CONTROL_CHARACTERS = /(?![\t\n])\p{Cc}/gu;
const SPECIAL = /[&<]|[^\P{Cc}\t\n]/u;

/** An element with its attributes in double quotes and its end tag written out. */
export function element(
	name: string,
	attributes: Attributes = {},
	...content: ReadonlyArray<Html | readonly Html[]>
): Html {
	const start = startTag(name, attributes);
	return (WITHOUT_END.has(name) ? start : `${start}${content.flat().join('')}</${name}>`) as Html;
}

/** The beginning of an element whose content is written later, and its {@link endTag}. */
export function startTag(name: string, attributes: Attributes = {}): Html {
	let tag = `<${name}`;
	for (const attribute in attributes) {
		const value = attributes[attribute];
		if (value !== undefined) tag += ` ${attribute}="${attributeText(String(value))}"`;
	}
	return `${tag}>` as Html;
}

export function endTag(name: string): Html {
	return `</${name}>` as Html;
}

/** A text as it is read, not as it would be run; without the control characters that no HTML may contain. */
export function text(value: string): Html {
	if (!SPECIAL.test(value)) return value as Html;
	return value.replace(CONTROL_CHARACTERS, '').replace(/&/g, '&#x26;').replace(/</g, '&#x3C;') as Html;
}

function attributeText(value: string): string {
	if (!/[&"<\p{Cc}]/u.test(value)) return value;
	return value
		.replace(/\p{Cc}/gu, '')
		.replace(/&/g, '&#x26;')
		.replace(/"/g, '&#x22;')
		.replace(/</g, '&#x3C;');
}
