/** A file to send; each call of `read` gives its bytes from the start, piece by piece. */
export interface FileToSend {
	name: string;
	mimeType: string;
	size: number;
	read(): AsyncIterable<Uint8Array>;
}

/**
 * A file of a form that is read only while it is sent, so that it is never in memory as a whole. n8n's HTTP client takes
 * from it what a form needs beforehand, the size, and then its stream.
 */
export class StreamedFile extends File {
	private readonly readers = new Set<AsyncIterator<Uint8Array>>();
	/** Why it could not be read to its end. */
	problem: unknown;

	constructor(private readonly source: FileToSend) {
		super([], source.name, { type: source.mimeType });
		Object.defineProperty(this, 'size', { value: source.size });
	}

	override stream(): ReturnType<File['stream']> {
		const reader = this.pieces();
		this.readers.add(reader);
		return reader as unknown as ReturnType<File['stream']>;
	}

	/** Releases the source, also half-way; the HTTP client does not when it is stopped. */
	async close(): Promise<void> {
		await Promise.all([...this.readers].map(async (reader) => await reader.return?.()));
	}

	private async *pieces(): AsyncGenerator<Uint8Array> {
		let sent = 0;
		try {
			for await (const piece of this.source.read()) {
				sent += piece.length;
				if (sent > this.size) break;
				yield piece;
			}
			// The size has been announced: the server would wait for what is missing.
			if (sent !== this.size) throw new Error(`the file has ${sent} bytes instead of ${this.size}`);
		} catch (error) {
			throw this.noted(error);
		}
	}

	private noted(error: unknown): unknown {
		this.problem = error;
		return error;
	}
}
