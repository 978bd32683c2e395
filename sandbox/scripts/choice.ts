import { findMarkers, withoutMarkers } from '../markers';
import { NAMED_SCRIPTS } from './library';
import type { Script, ScriptChoice, ScriptMaker } from './script';

/** A script and how fast it is played. */
export interface ChosenScript {
	readonly script: Script;
	/** Beats per second from a `[pace: 30]` marker; undefined = the sandbox's own pace. */
	readonly pace?: number;
}

/** Decides which script answers a message: a marker in the text, else one queued with `next`, else the default. */
export class ScriptShelf {
	private readonly makers = new Map<string, ScriptMaker>(NAMED_SCRIPTS.map(({ name, make }) => [name, make]));
	private readonly queue: ScriptChoice[] = [];

	/** Makes a script available as `[script: name arguments]`. */
	register(name: string, script: Script | ScriptMaker): void {
		this.makers.set(name, typeof script === 'function' ? script : () => script);
	}

	/** Uses this script for the next message without a marker (first in, first out). */
	next(script: ScriptChoice): void {
		this.queue.push(script);
	}

	clearQueue(): void {
		this.queue.length = 0;
	}

	/** The script for a message. A marker that cannot be read is answered with an explanation, not an error. */
	choose(message: string, fallback: ScriptChoice): ChosenScript {
		const markers = findMarkers(message);
		const paceMarker = markers.find(({ name }) => name === 'pace');
		const pace = paceMarker === undefined ? undefined : Number(paceMarker.argument.split(/\s/)[0]) || 0;
		const marker = markers.find(({ name }) => name === 'script');
		const choice = marker?.argument ?? this.queue.shift() ?? fallback;
		return { script: this.resolve(choice, message), pace };
	}

	private resolve(choice: ScriptChoice, message: string): Script {
		if (typeof choice !== 'string') return choice;
		try {
			return this.make(choice.trim(), withoutMarkers(message));
		} catch (error) {
			const known = [...this.makers.keys()].join(', ');
			const reason = error instanceof Error ? error.message : String(error);
			return { name: 'explanation', steps: [{ text: `${reason}\n\nScripts: ${known}` }] };
		}
	}

	/** The longest name at the start counts, so that a name may consist of several words. */
	private make(choice: string, message: string): Script {
		const words = choice.split(/\s+/);
		for (let count = Math.min(words.length, this.longestName()); count > 0; count--) {
			const name = words.slice(0, count).join(' ');
			const make = this.makers.get(name.toLowerCase()) ?? this.makers.get(name);
			if (make === undefined) continue;
			// The arguments as they were written, blanks included.
			const args = choice.replace(RegExp(`^(?:\\S+\\s*){${count}}`), '');
			return make(args, message, (other) => this.make(other, message));
		}
		throw new Error(`The sandbox has no script "${words[0]}".`);
	}
	/** In words. */
	private longestName(): number {
		return Math.max(...[...this.makers.keys()].map((name) => name.split(' ').length));
	}
}
