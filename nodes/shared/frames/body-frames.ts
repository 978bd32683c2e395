import { type BodyKind, bodyKind } from './body-kind';
import { type Frame, type FrameEnd, type FrameReader, FrameTooLarge, LARGEST_FRAME, WebPageInstead } from './frame';
import { jsonFrames } from './json-frames';
import { plainFrames } from './plain-frames';
import { sseFrames } from './sse-frames';

const PAGE_BEGINNING = 200;
/** What is not known by then will not show. Characters. */
const LONGEST_BEGINNING = 4096;

/** Blank lines and comments, which mean nothing in any dialect. */
const NOTHING_YET = /^(?:[ \t]*(?::[^\r\n]*)?[\r\n])+/;
/** Such a line that has not ended yet. */
const UNFINISHED_COMMENT = /^[ \t]*:[^\r\n]*$/;
const BLANKS = /^[ \t]+/;

/** In front of each value of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = '\u001e';

/** A page, an XML error; not the tag in front of what a model thinks. */
const isPage = (beginning: string): boolean => /^<(?!(?:think|thinking|thought|reasoning)>)/i.test(beginning);

const READERS: Record<BodyKind, (largest?: number) => FrameReader> = {
	json: jsonFrames,
	events: sseFrames,
	plain: plainFrames,
};

/**
 * The frames of a response body. Bodies are recognised by how they begin, not by their content type: gateways label
 * NDJSON as an event stream and the other way round (`docs/apis/wps.md §5.5`). The bytes are read as UTF-8.
 */
export class BodyFrames {
	private readonly decoder = new TextDecoder();
	private reader: FrameReader | undefined;
	/** What has arrived, until it is known what reads it. */
	private beginning = '';
	/** It is a JSON text sequence; undefined before its first character. */
	private isSequence: boolean | undefined;

	/**
	 * @param largest characters of the largest frame that is accepted; for tests
	 * @param isLabelledPage its content type says that it is HTML: what is neither JSON nor events is a page then, and no text
	 */
	constructor(
		private readonly largest = LARGEST_FRAME,
		private readonly isLabelledPage = false,
	) {}

	/**
	 * The frames that these bytes complete.
	 *
	 * @throws FrameTooLarge, WebPageInstead
	 */
	push(bytes: Uint8Array): Frame[] {
		return this.read(this.decoder.decode(bytes, { stream: true }));
	}

	/**
	 * To be called when the body has ended; its last frame may come only now.
	 *
	 * @throws FrameTooLarge, WebPageInstead
	 */
	end(): FrameEnd {
		const rest = this.decoder.decode();
		const frames = rest === '' ? [] : this.read(rest);
		if (!this.reader) {
			const beginning = this.beginning.trim();
			if (isPage(beginning)) throw new WebPageInstead(beginning);
			if (/^:?$/.test(beginning)) return { frames, cutInside: beginning !== '' };
			frames.push(...this.begin(bodyKind(this.beginning.replace(BLANKS, ''), true) as BodyKind));
		}
		const end = this.reader!.end();
		return { ...end, frames: [...frames, ...end.frames], cutInside: end.cutInside || rest !== '' };
	}

	private read(piece: string): Frame[] {
		if (piece !== '') this.isSequence ??= piece.startsWith(RECORD_SEPARATOR);
		const text = this.isSequence ? piece.replaceAll(RECORD_SEPARATOR, '') : piece;
		if (this.reader) return this.reader.push(text);
		// However long they are, of a comment only its colon counts, and of blanks that there are some.
		this.beginning = (this.beginning + text)
			.replace(NOTHING_YET, '')
			.replace(UNFINISHED_COMMENT, ':')
			.replace(BLANKS, ' ');
		if (['', ' ', ':'].includes(this.beginning)) return [];
		const begun = this.beginning.replace(BLANKS, '');
		if (isPage(begun)) {
			if (begun.length < PAGE_BEGINNING) return [];
			throw new WebPageInstead(begun.slice(0, PAGE_BEGINNING));
		}
		const kind = bodyKind(begun.slice(0, LONGEST_BEGINNING), begun.length >= LONGEST_BEGINNING);
		if (kind) return this.begin(kind);
		if (begun.length > this.largest) throw new FrameTooLarge(this.largest);
		return [];
	}

	private begin(kind: BodyKind): Frame[] {
		if (kind === 'plain' && this.isLabelledPage)
			throw new WebPageInstead(this.beginning.trim().slice(0, PAGE_BEGINNING));
		this.reader = READERS[kind](this.largest);
		const { beginning } = this;
		this.beginning = '';
		return this.reader.push(beginning);
	}
}
