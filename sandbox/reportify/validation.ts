import { isObject, type JsonObject } from '../exact-json';
import { jsonReply, type Reply } from '../provider';
import type { SandboxRequest } from '../request-log';
import type { ReportifySettings } from './settings';

/** A problem that ends the handling of a request with an error reply. */
export class Refusal extends Error {
	constructor(readonly reply: Reply) {
		super('refused');
	}
}

/** Reads requests as FastAPI would, and refuses what is wrong in its form (docs/apis/reportify.md §0). */
export class Validation {
	constructor(private readonly settings: () => Pick<ReportifySettings, 'validationDetail' | 'acceptStringIds'>) {}

	invalid(loc: Array<string | number>, msg: string, type: string): Refusal {
		const detail = this.settings().validationDetail === 'list' ? [{ loc, msg, type }] : `${loc.join('.')}: ${msg}`;
		return new Refusal(jsonReply(422, JSON.stringify({ detail })));
	}

	body(request: SandboxRequest): JsonObject {
		if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
			throw this.invalid(
				['body'],
				'Input should be a valid dictionary or object to extract fields from',
				'model_attributes_type',
			);
		}
		let body: unknown;
		try {
			body = request.json();
		} catch {
			throw this.invalid(['body', 0], 'JSON decode error', 'json_invalid');
		}
		if (isObject(body)) return body;
		throw this.invalid(['body'], 'Input should be a valid dictionary', 'dict_type');
	}

	optional(body: JsonObject, field: string, type: 'string' | 'boolean' | 'object'): void {
		const value = body[field];
		if (value === undefined || value === null) return;
		const right = type === 'object' ? isObject(value) : typeof value === type;
		if (!right) throw this.invalid(['body', field], `Input should be a valid ${type}`, `${type}_type`);
	}

	integerField(body: JsonObject, field: string): string | undefined {
		const value = body[field];
		if (value === undefined || value === null) return undefined;
		if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return String(value);
		if (this.settings().acceptStringIds && typeof value === 'string' && /^\d+$/.test(value)) return value;
		throw this.invalid(['body', field], 'Input should be a valid integer', 'int_type');
	}

	integerQuery(query: URLSearchParams, name: string, least: bigint, most?: bigint): string | undefined {
		const value = query.get(name);
		if (value === null) return undefined;
		if (!/^-?\d+$/.test(value)) {
			throw this.invalid(
				['query', name],
				'Input should be a valid integer, unable to parse string as an integer',
				'int_parsing',
			);
		}
		if (BigInt(value) < least) {
			throw this.invalid(['query', name], `Input should be greater than or equal to ${least}`, 'greater_than_equal');
		}
		if (most !== undefined && BigInt(value) > most) {
			throw this.invalid(['query', name], `Input should be less than or equal to ${most}`, 'less_than_equal');
		}
		return value;
	}

	booleanQuery(query: URLSearchParams, name: string, otherwise: boolean): boolean {
		const value = query.get(name)?.toLowerCase();
		if (value === undefined) return otherwise;
		if (['true', '1', 'yes', 'on'].includes(value)) return true;
		if (['false', '0', 'no', 'off'].includes(value)) return false;
		throw this.invalid(['query', name], 'Input should be a valid boolean, unable to interpret input', 'bool_parsing');
	}
}
