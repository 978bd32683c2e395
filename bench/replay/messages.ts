import type { ShapeName } from './shapes';

export interface ToReplayServer {
	kind: 'prepare';
	shape: ShapeName;
}

/** Times are milliseconds on the machine's clock (`clock.ts`); `epochMs` is milliseconds since 1970. */
export type FromReplayServer =
	| { kind: 'listening'; url: string }
	| { kind: 'prepared'; shape: ShapeName; events: number; bytes: number; text: string }
	| { kind: 'firstText'; conversation: string; at: number }
	| { kind: 'lastByte'; conversation: string; at: number; epochMs: number };
