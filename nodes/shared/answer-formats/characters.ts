/** The first `most` characters as a reader counts them, so that no emoji or accented letter is cut in two. */
export function firstCharacters(text: string, most: number): string[] {
	const characters: string[] = [];
	for (const { segment } of new Intl.Segmenter().segment(text.slice(0, most * 20))) {
		if (characters.length === most) break;
		characters.push(segment);
	}
	return characters;
}
