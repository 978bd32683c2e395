import { z } from 'zod';

import { AiDolSettings } from './aidol/settings';
import { isObject, type JsonObject } from './exact-json';
import { ReportifySettings } from './reportify/settings';
import { ScriptSchema } from './scripts/script';
import { WpsSettings } from './wps/settings';

/** Everything about the sandbox that can be changed while it runs. */
export const SandboxSettings = z
	.object({
		/** Events per second; 0 = as fast as possible, each event in a write of its own. `[pace: 30]` in a message wins. */
		pace: z.number().min(0).default(0),
		/** Script for messages that name none. */
		script: z.union([z.string(), ScriptSchema]).default('report'),
		reportify: ReportifySettings.default({}),
		wps: WpsSettings.default({}),
		aidol: AiDolSettings.default({}),
	})
	.strict();
export type SandboxSettings = z.output<typeof SandboxSettings>;
/** Settings as one writes them: everything may be left out, at any depth. */
export type SettingsPatch = z.input<typeof SandboxSettings>;

function merged(current: JsonObject, patch: JsonObject): JsonObject {
	const result = { ...current };
	for (const [key, value] of Object.entries(patch)) {
		const before = current[key];
		const both = isObject(before) && isObject(value) && !('steps' in value);
		if (value !== undefined) result[key] = both ? merged(before, value) : value;
	}
	return result;
}

/** The settings with a patch applied; throws an error that names the setting that is wrong. */
export function withSettings(current: SandboxSettings | Record<string, never>, patch: SettingsPatch): SandboxSettings {
	const parsed = SandboxSettings.safeParse(merged(current, patch as JsonObject));
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`);
	throw new Error(`Sandbox settings are wrong: ${problems.join('; ')}`);
}
