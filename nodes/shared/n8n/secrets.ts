/** Credential fields that must never be shown. */
const SECRET_FIELD = /key|secret|token|password/i;
/** What is stored beside a token and is no secret: "bearer", scopes that a hint names, the address that gives tokens. */
const NO_SECRET = /(?:type|scope|url)$/i;
const SHORTEST_SECRET = 4;

function secretsIn(value: unknown, name = ''): string[] {
	if (typeof value === 'string') {
		// As it is sent: credentials strip these, so what a provider repeats does not have them.
		const secret = value.trim().replace(/^Bearer\s+/i, '');
		return SECRET_FIELD.test(name) && !NO_SECRET.test(name) && secret.length >= SHORTEST_SECRET ? [secret] : [];
	}
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, member]) => secretsIn(member, `${name}.${key}`));
}

/** As it is, inside of JSON, and in an address. */
const spellingsOf = (secret: string): string[] => [
	secret,
	JSON.stringify(secret).slice(1, -1),
	encodeURIComponent(secret.replace(/\p{Cs}/gu, '')),
];

/** Redacts secrets. `mayBeCut`: also the start of a secret at the end of a truncated text. */
export type Redact = (text: string, mayBeCut?: boolean) => string;

/** For every secret of a credential: providers repeat keys in their error messages. */
export function redactor(credentials: unknown): Redact {
	const secrets = [...new Set(secretsIn(credentials).flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
	return (text, mayBeCut = false) =>
		secrets.reduce((safe, secret) => {
			const without = safe.split(secret).join('•••');
			return mayBeCut ? withoutBeginning(without, secret) : without;
		}, text);
}

function withoutBeginning(text: string, secret: string): string {
	for (let length = secret.length - 1; length >= SHORTEST_SECRET; length--) {
		if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}•••`;
	}
	return text;
}
