/** What the provider said went wrong, in its own words. */
export interface ProviderComplaint {
	/** The provider's code, if it gave one. */
	code?: string;
	/** The provider's text. */
	text: string;
	/** The provider's id for its support. */
	traceId?: string;
	/** The HTTP status that says the same, where the provider says it in a body: 401, 403, 404, 429, 500. */
	like?: number;
	/** What the user can do about it, where the provider's case is a special one. */
	hint?: string;
	/** Of a 401, what was refused in the user's words; an API key where nothing is said. */
	refused?: string;
}
