import { attempt } from '../shared/attempt';
import { RequestRefused } from '../shared/http/http-error';
import type { HttpRequest } from '../shared/http/transport';
import { isUnknownPath } from './wps-error';

/** The two forms in which WPS documents its paths: `/apps/…` and the older `/app/…` (`docs/apis/wps.md §3`, `§4`). */
export type Generation = 'apps' | 'app';

/** One address of an endpoint, and what is sent there. */
export interface Address {
	generation: Generation;
	request: HttpRequest;
}

/** WPS does not know the path: nothing was accepted, and another form of it may be tried. */
export function wasUnknownPath(error: unknown): error is RequestRefused {
	return error instanceof RequestRefused && isUnknownPath(error.refusal.status, error.refusal.complaint);
}

/**
 * Which address of each endpoint is live. It cannot be known beforehand, and one endpoint says nothing about another:
 * WPS has shown one page with three paths (`docs/apis/wps.md §4`). So each endpoint finds its own by calling, and keeps
 * it for the run. A path that WPS does not know is a definite refusal: what was sent there was not accepted, a question
 * neither.
 *
 * Calls that start together each look for themselves: waiting for one another would mean waiting for another item's
 * agent.
 */
export class LiveAddresses {
	/** By endpoint, the place in its list. */
	private readonly live = new Map<string, number>();

	/** @param setting field API Generation of the credential: `auto`, or the one generation to use */
	constructor(private readonly setting: string) {}

	/**
	 * Makes a call at the live address of an endpoint, or at one after the other until WPS knows one.
	 *
	 * @param addresses in the order in which they are to be tried; the same kinds each time for an endpoint
	 * @throws what `send` throws; when no address is known, the refusal that says most
	 */
	async call<T>(endpoint: string, addresses: Address[], send: (request: HttpRequest) => Promise<T>): Promise<T> {
		let unknown: RequestRefused | undefined;
		for (const [place, { request }] of this.candidates(endpoint, addresses)) {
			const sent = await attempt(() => send(request));
			if (sent.worked) {
				this.live.set(endpoint, place);
				return sent.value;
			}
			if (!wasUnknownPath(sent.error)) throw sent.error;
			// An envelope of WPS says more than the page of a gateway in front of it.
			if (!unknown || (!codeOf(unknown) && codeOf(sent.error))) unknown = sent.error;
		}
		throw unknown;
	}

	private candidates(endpoint: string, addresses: Address[]): Array<[number, Address]> {
		const known = this.live.get(endpoint);
		const isAllowed = ({ generation }: Address) =>
			(this.setting !== 'apps' && this.setting !== 'app') || generation === this.setting;
		return [...addresses.entries()].filter(([place, address]) =>
			known === undefined ? isAllowed(address) : place === known,
		);
	}
}

const codeOf = ({ refusal }: RequestRefused) => refusal.complaint.code;
