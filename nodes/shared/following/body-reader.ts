import { BodyFrames } from '../frames/body-frames';
import { type Frame, type FrameEnd, LARGEST_FRAME } from '../frames/frame';

export interface PageListener {
	/** Bytes arrived. */
	onBytes(bytes: Uint8Array): void;
	/** @returns false to read no further */
	onFrames(frames: Frame[]): boolean;
}

/**
 * Reads a page to its end.
 *
 * @param headers of the response, lower-case names
 * @returns how the body ended, or undefined when the listener had enough
 * @throws what the body throws; the signal's reason; `FrameTooLarge`; `WebPageInstead`
 */
export async function readPage(
	body: AsyncIterable<Uint8Array>,
	signal: AbortSignal,
	listener: PageListener,
	headers: Readonly<Record<string, string>> = {},
): Promise<FrameEnd | undefined> {
	const frames = new BodyFrames(
		LARGEST_FRAME,
		/^\s*(?:text\/html|application\/xhtml)/i.test(headers['content-type'] ?? ''),
	);
	const iterator = body[Symbol.asyncIterator]();
	let giveUp = () => {};
	const onAbort = () => giveUp();
	signal.addEventListener('abort', onAbort, { once: true });
	try {
		for (;;) {
			// On abort the body is abandoned, not awaited: it may hang.
			const { done, value } = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
				giveUp = () => reject(signal.reason as Error);
				if (signal.aborted) giveUp();
				else iterator.next().then(resolve, reject);
			});
			if (done) return frames.end();
			listener.onBytes(value);
			if (!listener.onFrames(frames.push(value))) return undefined;
		}
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
