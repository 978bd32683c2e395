import { attempt } from '../attempt';
import type { Clock } from '../clock';
import type { Transport } from './transport';
import { Watchdog } from './watchdog';

/** The connection was silent for longer than the idle timeout. */
export class Silence extends Error {
	constructor(readonly ms: number) {
		super(`silent for ${ms} ms`);
	}
}

/** How long a connection may be silent, milliseconds; without a value nothing is watched. */
export interface IdleLimit {
	ms?: number;
}

/**
 * The idle timeout: a transport that ends a connection on which nothing arrives for too long, neither headers nor a
 * byte of the body. Only the wire is watched: our own waiting, such as for a `Retry-After`, does not count as silence.
 *
 * Its requests and their bodies reject with `Silence` then, and with the reason of the signal when that is aborted,
 * also where the body below hangs and does not notice.
 */
export function watched(transport: Transport, clock: Clock, limit: IdleLimit): Transport {
	return async (request, signal) => {
		const { ms } = limit;
		if (ms === undefined) return await transport(request, signal);
		const silence = new AbortController();
		const watchdog = new Watchdog(clock, ms, () => silence.abort(new Silence(ms)));
		const closing = AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]);
		closing.addEventListener('abort', () => watchdog.stop(), { once: true });
		const sent = await attempt(() => transport(request, closing));
		if (!sent.worked) watchdog.stop();
		// What a closed connection looks like is up to n8n's HTTP client; what closed it is not.
		if (!sent.worked) throw closing.aborted ? closing.reason : sent.error;
		watchdog.feed();
		return { ...sent.value, body: watchedBody(sent.value.body, watchdog, closing) };
	};
}

function watchedBody(
	body: AsyncIterable<Uint8Array>,
	watchdog: Watchdog,
	closing: AbortSignal,
): AsyncIterable<Uint8Array> {
	const iterator = body[Symbol.asyncIterator]();
	let giveUp = () => {};
	const onClosing = () => giveUp();
	closing.addEventListener('abort', onClosing, { once: true });
	const end = () => {
		watchdog.stop();
		closing.removeEventListener('abort', onClosing);
	};
	return {
		[Symbol.asyncIterator]: () => ({
			next: async () =>
				await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
					giveUp = () => reject(closing.reason as Error);
					if (closing.aborted) return giveUp();
					iterator.next().then(
						(result) => {
							if (result.done) end();
							else watchdog.feed();
							resolve(result);
						},
						(error: Error) => {
							end();
							reject(error);
						},
					);
				}),
			return: async () => {
				end();
				await iterator.return?.();
				return { done: true, value: undefined };
			},
		}),
	};
}
