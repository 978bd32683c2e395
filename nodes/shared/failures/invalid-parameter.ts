/** A parameter holds something that cannot work; found before any request was made. */
export class InvalidParameter extends Error {
	/**
	 * @param parameter display name of the parameter
	 * @param finding what is wrong, as the end of the sentence "The parameter 'X' …"
	 * @param hint what to do about it
	 */
	constructor(
		readonly parameter: string,
		finding: string,
		readonly hint: string,
	) {
		super(`The parameter '${parameter}' ${finding}`);
	}
}
