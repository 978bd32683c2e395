import { z } from 'zod';

export const AiDolSettings = z.object({}).strict();
export type AiDolSettings = z.infer<typeof AiDolSettings>;
