import { IdleTimeout } from '../http/idle-timeout';
import { type Interruption, isFinal } from './interruption';

/** Connections in a row that bring nothing new before the message list is asked instead. */
const MAX_RESUMES_WITHOUT_NEWS = 5;
/**
 * A connection that lasted this long was not useless: gateways end connections by the clock while the agent works on.
 */
const LONG_LIVED_MS = 20_000;

/** What to do about an answer whose stream broke. `lookOnce`: look at the message list once, then read on. */
export type NextStep = 'readOn' | 'lookOnce' | 'lookUp';

/** How often a log that breaks is read on. Knows neither the clock nor the provider. */
export class ReadOnBudget {
	private countWithoutNews = 0;
	private wasSilent = false;

	/** Connections in a row that brought nothing new; the pause before the next one grows with it. */
	get withoutNews(): number {
		return this.countWithoutNews;
	}

	/**
	 * Judges a connection that ended without finishing the answer.
	 *
	 * @param hasNews whether it brought something that had not been there
	 * @param lastedMs how long it lasted, milliseconds
	 */
	next(end: Interruption, hasNews: boolean, lastedMs: number): NextStep {
		const isSilent = end instanceof IdleTimeout;
		const isSilentAgain = this.wasSilent && isSilent;
		this.wasSilent = isSilent;
		if (isFinal(end)) return 'lookUp';
		if (hasNews) {
			this.countWithoutNews = 0;
			return 'readOn';
		}
		// A silent connection is replaced once; if the new one is silent as well, it is the provider who is.
		if (isSilentAgain) return 'lookUp';
		if (!isSilent && lastedMs >= LONG_LIVED_MS) return 'lookOnce';
		this.countWithoutNews++;
		return this.countWithoutNews < MAX_RESUMES_WITHOUT_NEWS ? 'readOn' : 'lookUp';
	}

	/** The provider says that the agent works on: there is time for another connection, and then for another look. */
	vouched(): void {
		this.countWithoutNews = MAX_RESUMES_WITHOUT_NEWS - 1;
	}
}
