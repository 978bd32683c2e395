import { randomBytes } from 'node:crypto';

import { jsonReply, type Call, type Reply } from '../provider';
import type { WpsSettings } from './settings';

interface Token {
	/** `user` = delegated, `app` = client credentials. */
	readonly kind: 'user' | 'app';
	expiresAt: number;
}

/** What a bearer token allows. */
export type TokenState = 'user' | 'app' | 'expired' | 'unknown';

/** OAuth2 of the WPS stand-in (docs/apis/wps.md §1.1). */
export class TokenOffice {
	private readonly codes = new Map<string, { redirectUri: string }>();
	private readonly refreshTokens = new Set<string>();
	private readonly tokens = new Map<string, Token>();

	constructor(private readonly settings: () => WpsSettings) {}

	/** GET /oauth2/auth: no login page, the browser is sent straight back with a code. */
	authorize({ query }: Call): Reply {
		const redirectUri = query.get('redirect_uri') ?? '';
		if (query.get('client_id') !== this.settings().accessKey) return oauthError(401, 40100008, 'InvalidClient');
		if (query.get('response_type') !== 'code') return oauthError(401, 40100004, 'UnsupportedResponseType');
		if ((query.get('scope') ?? '') === '') return oauthError(400, 40000005, 'InvalidScope');
		let target: URL;
		try {
			target = new URL(redirectUri);
		} catch {
			return oauthError(400, 40000001, 'InvalidRequest: redirect_uri');
		}
		const code = randomBytes(16).toString('hex');
		this.codes.set(code, { redirectUri });
		target.searchParams.set('code', code);
		const state = query.get('state');
		if (state !== null) target.searchParams.set('state', state);
		return { status: 302, headers: { Location: target.href }, body: '' };
	}

	/** POST /oauth2/token: form-encoded, unsigned, token fields at the top level. */
	token({ request }: Call): Reply {
		if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
			return oauthError(400, 40000001, 'InvalidRequest: Content-Type has to be application/x-www-form-urlencoded');
		}
		const form = new URLSearchParams(request.text);
		const { accessKey, secretKey, refreshTokensOnce } = this.settings();
		if (form.get('client_id') !== accessKey || form.get('client_secret') !== secretKey) {
			return oauthError(401, 40100008, 'InvalidClient');
		}
		switch (form.get('grant_type')) {
			case 'authorization_code': {
				const code = form.get('code') ?? '';
				const known = this.codes.get(code);
				if (known === undefined || known.redirectUri !== form.get('redirect_uri')) {
					return oauthError(401, 40100009, 'InvalidGrant');
				}
				this.codes.delete(code);
				return this.issueUserToken();
			}
			case 'refresh_token': {
				const token = form.get('refresh_token') ?? '';
				if (!this.refreshTokens.has(token)) return oauthError(401, 40100009, 'InvalidGrant');
				if (refreshTokensOnce) this.refreshTokens.delete(token);
				return this.issueUserToken();
			}
			case 'client_credentials':
				return jsonReply(200, JSON.stringify(this.issue('app')));
			default:
				return oauthError(401, 40100010, 'UnsupportedGrantType');
		}
	}

	/** What a bearer token may do now. */
	stateOf(token: string): TokenState {
		if (this.settings().accessTokens.includes(token)) return 'user';
		const known = this.tokens.get(token);
		if (known === undefined) return 'unknown';
		return known.expiresAt > Date.now() ? known.kind : 'expired';
	}

	/** Lets every token issued so far expire at once. Refresh tokens stay good. */
	expireAll(): void {
		for (const token of this.tokens.values()) token.expiresAt = 0;
	}

	private issue(kind: Token['kind']) {
		const access_token = `sandbox-${kind}-${randomBytes(12).toString('hex')}`;
		const life = this.settings().tokenLifeSeconds;
		this.tokens.set(access_token, { kind, expiresAt: Date.now() + life * 1000 });
		return { access_token, expires_in: life, token_type: 'bearer' };
	}

	private issueUserToken(): Reply {
		const refresh_token = `sandbox-refresh-${randomBytes(12).toString('hex')}`;
		this.refreshTokens.add(refresh_token);
		return jsonReply(200, JSON.stringify({ ...this.issue('user'), refresh_token, refresh_expires_in: 90 * 24 * 3600 }));
	}
}

function oauthError(status: number, code: number, msg: string): Reply {
	return jsonReply(status, JSON.stringify({ code, msg }));
}
