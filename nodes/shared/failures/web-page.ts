import { ConversationFailure, type FailureDetails } from './conversation-failure';

/** What also stands in the place of an answer where something else than the provider replies. */
export const NOT_THE_PROVIDER =
	'Check the Base URL in the credential. A login page or a notice of a proxy looks like this, too.';

/** A web page came: a login form, a gateway's notice. */
export const webPage = (
	providerName: string,
	details: Pick<FailureDetails, 'httpStatus' | 'providerText' | 'technicalText'>,
) =>
	new ConversationFailure(`${providerName} sent a web page instead of an answer`, {
		code: 'web_page',
		hint: NOT_THE_PROVIDER,
		...details,
	});
