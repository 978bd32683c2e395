import { UserError } from 'n8n-workflow';

/** What `NodeApiError.httpCode` holds after n8n has wrapped a mistake. */
export const CREDENTIAL_MISTAKE = 'credential_mistake';

/**
 * Something wrong in a credential, or in the request that it signs, found before anything was sent. Older n8n (2.30
 * among them) drops the cause of an error that it wraps; message, description and this code survive.
 */
export class CredentialMistake extends UserError {
	// Not `code`: the Test button shows that instead of the message.
	readonly errorCode = CREDENTIAL_MISTAKE;
}
