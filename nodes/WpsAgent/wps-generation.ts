import { attempt } from '../shared/following/attempt';
import { RequestRefused } from '../shared/following/refusal';
import type { HttpRequest } from '../shared/following/transport';
import { isUnknownPath } from './wps-complaint';

/** The two forms in which WPS documents its paths: `/apps/…` and the older `/app/…` (`providers/wps.md §3`, `§4`). */
export type Generation = 'apps' | 'app';

/** A call in each generation; where one has several addresses, in the order in which they are to be tried. */
export type CallForms = Record<Generation, HttpRequest[]>;

const OTHER: Record<Generation, Generation> = { apps: 'app', app: 'apps' };

/** WPS does not know the path: nothing was taken in, and another form of it may be tried. */
export function wasUnknownPath(error: unknown): boolean {
	return error instanceof RequestRefused && isUnknownPath(error.refusal.status, error.refusal.complaint);
}

/**
 * Which generation of paths is live. It cannot be told beforehand (`providers/wps.md §4`), so it is found by calling and
 * kept for the run: a path that WPS does not know is a definite refusal, and the next form is tried.
 *
 * The calls that find it are harmless ones, which a question needs anyway: making its conversation, or listing the
 * messages before it. Only where those tell nothing does a question meet an unknown path, and it was not taken in then.
 * Nothing is ever tried more than once per call, so an app that neither generation knows fails at once.
 */
export class LiveGeneration {
	private certain: Generation | undefined;
	private likely: Generation = 'apps';
	private finding: Promise<unknown> | undefined;

	/** @param setting field API Generation of the credential */
	constructor(setting: string) {
		if (setting === 'apps' || setting === 'app') this.certain = setting;
	}

	/**
	 * Makes a call that settles the question. While the first one is under way the others wait for what it finds: n8n
	 * starts all items at once.
	 */
	async find<T>(forms: CallForms, send: (request: HttpRequest) => Promise<T>): Promise<T> {
		while (this.certain === undefined && this.finding) await this.finding;
		if (this.certain !== undefined) return await this.call(forms, send);
		const call = this.call(forms, send, (generation) => (this.certain = generation));
		const finding = attempt(() => call).then(() => {
			if (this.finding === finding) this.finding = undefined;
		});
		this.finding = finding;
		return await call;
	}

	/**
	 * Makes a call in the live generation, or in both until WPS knows one.
	 *
	 * @throws what `send` throws; when no form is known, what the first one was answered
	 */
	async call<T>(
		forms: CallForms,
		send: (request: HttpRequest) => Promise<T>,
		onFound: (generation: Generation) => void = (generation) => (this.likely = generation),
	): Promise<T> {
		const generations = this.certain ? [this.certain] : [this.likely, OTHER[this.likely]];
		let firstError: unknown;
		for (const generation of generations) {
			for (const request of forms[generation]) {
				const sent = await attempt(() => send(request));
				if (sent.worked) {
					onFound(generation);
					return sent.value;
				}
				if (!wasUnknownPath(sent.error)) throw sent.error;
				firstError ??= sent.error;
			}
		}
		throw firstError;
	}

	/** What a call that exists in the newer generation only tells about which one is live. */
	learnFromNewer(isKnown: boolean): void {
		if (isKnown) this.certain ??= 'apps';
		else this.likely = 'app';
	}
}
