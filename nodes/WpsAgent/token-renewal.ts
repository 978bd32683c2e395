/**
 * Renews the access token of a credential, once however many items of a run were refused with the old one. When that is
 * needed decides wps-api.ts, how n8n does it is in wps-run.ts.
 */
export class TokenRenewal {
	/** Counts the renewals; to be read before a call. */
	state = 0;
	private underWay: Promise<void> | undefined;

	constructor(private readonly renew: () => Promise<void>) {}

	/**
	 * Resolves when the token is newer than the one that was in use at `state`.
	 *
	 * @throws what `renew` throws
	 */
	async renewSince(state: number): Promise<void> {
		if (state !== this.state) return;
		this.underWay ??= this.renewNow();
		await this.underWay;
	}

	private async renewNow(): Promise<void> {
		try {
			await this.renew();
			this.state++;
		} finally {
			this.underWay = undefined;
		}
	}
}
