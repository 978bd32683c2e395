/** The three stand-ins. */
export const PROVIDER_NAMES = ['reportify', 'wps', 'aidol'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];
