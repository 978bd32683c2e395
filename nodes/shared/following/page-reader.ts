import { BodyFrames } from '../frames/body-frames';
import type { Frame, FrameEnd } from '../frames/frame';

/**
 * The next value of an iterator, or a rejection with the signal's reason as soon as it is aborted. The iterator is then
 * left alone: a body that hangs must not hold up the one who reads it.
 */
async function nextOrAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
	return await new Promise((resolve, reject) => {
		const onAbort = () => reject(signal.reason as Error);
		if (signal.aborted) return onAbort();
		signal.addEventListener('abort', onAbort, { once: true });
		const settle = () => signal.removeEventListener('abort', onAbort);
		iterator.next().then(
			(result) => {
				settle();
				resolve(result);
			},
			(error: Error) => {
				settle();
				reject(error);
			},
		);
	});
}

export interface PageListener {
	/** Bytes arrived. */
	onBytes(): void;
	/** @returns false to read no further */
	onFrames(frames: Frame[]): boolean;
}

/**
 * Reads a page to its end.
 *
 * @returns how the body ended, or undefined when the listener had enough
 * @throws what the body throws; the signal's reason; `FrameTooLarge`; `WebPageInstead`
 */
export async function readPage(
	body: AsyncIterable<Uint8Array>,
	signal: AbortSignal,
	listener: PageListener,
): Promise<FrameEnd | undefined> {
	const frames = new BodyFrames();
	const iterator = body[Symbol.asyncIterator]();
	for (;;) {
		const { done, value } = await nextOrAborted(iterator, signal);
		if (done) return frames.end();
		listener.onBytes();
		if (!listener.onFrames(frames.push(value))) return undefined;
	}
}
