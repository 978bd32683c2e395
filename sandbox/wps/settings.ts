import { z } from 'zod';

export const WpsSettings = z.object({}).strict();
export type WpsSettings = z.infer<typeof WpsSettings>;
