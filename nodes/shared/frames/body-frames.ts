import { type Frame, type FrameEnd, type FrameReader, WebPageInstead } from './frame';
import { jsonFrames } from './json-frames';
import { sseFrames } from './sse-frames';

const PAGE_BEGINNING = 200;

/**
 * The frames of a response body. Bodies are recognised by how they begin, not by their content type: gateways label
 * NDJSON as an event stream and the other way round (`providers/wps.md §5.5`). The charset is UTF-8 whatever is said.
 */
export class BodyFrames {
	private readonly decoder = new TextDecoder();
	private reader: FrameReader | undefined;
	private beginning = '';

	/**
	 * The frames that these bytes complete.
	 *
	 * @throws FrameTooLarge, WebPageInstead
	 */
	push(bytes: Uint8Array): Frame[] {
		return this.read(this.decoder.decode(bytes, { stream: true }));
	}

	/** To be called when the body has ended; its last frame may come only now. */
	end(): FrameEnd {
		const rest = this.decoder.decode();
		const frames = rest === '' ? [] : this.read(rest);
		if (this.beginning.startsWith('<')) throw new WebPageInstead(this.beginning);
		const end = this.reader?.end() ?? { frames: [], cutInside: false };
		return { ...end, frames: [...frames, ...end.frames], cutInside: end.cutInside || rest !== '' };
	}

	private read(text: string): Frame[] {
		if (this.reader) return this.reader.push(text);
		this.beginning = (this.beginning + text).trimStart();
		const first = this.beginning[0];
		if (first === undefined) return [];
		if (first === '<') {
			if (this.beginning.length < PAGE_BEGINNING) return [];
			throw new WebPageInstead(this.beginning.slice(0, PAGE_BEGINNING));
		}
		this.reader = first === '{' || first === '[' ? jsonFrames() : sseFrames();
		return this.reader.push(this.beginning);
	}
}
