import { hexId } from './events';

interface StoredFile {
	readonly name: string;
	readonly mediaType: string;
	readonly content: Buffer;
}

/** Files that scripted agents have made (docs/apis/reportify.md §7). */
export class FileShelf {
	private readonly files = new Map<string, StoredFile>();

	/** Stores a file and returns its id. */
	add(file: { file: string; content: string | Buffer; mediaType?: string; id?: string }): string {
		const id = file.id ?? `file_${hexId(24)}`;
		const mediaType = file.mediaType ?? 'application/octet-stream';
		this.files.set(id, { name: file.file, mediaType, content: Buffer.from(file.content) });
		return id;
	}

	get(id: string): StoredFile | undefined {
		return this.files.get(id);
	}

	clear(): void {
		this.files.clear();
	}
}
