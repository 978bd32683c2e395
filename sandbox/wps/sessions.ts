import { randomUUID } from 'node:crypto';

import type { Run } from '../run';
import type { WpsDialect, WpsEvent } from './dialect';

/** A question and its answer. */
export interface Chat {
	readonly id: string;
	readonly session: Session;
	readonly question: string;
	readonly createdAt: number;
	readonly dialect: WpsDialect;
	readonly run: Run<WpsEvent>;
}

/** Consecutive chats with one app. */
export interface Session {
	readonly id: string;
	readonly appId: string;
	readonly createdAt: number;
	name: string;
	/** Oldest first. */
	readonly chats: Chat[];
}

/** All sessions of the stand-in. */
export class SessionStore {
	/** Oldest first. */
	private readonly sessions = new Map<string, Session>();

	create(
		appId: string,
		{ name = '', createdAt = Date.now() }: Partial<Pick<Session, 'name' | 'createdAt'>> = {},
	): Session {
		const session: Session = { id: randomUUID(), appId, createdAt, name, chats: [] };
		this.sessions.set(session.id, session);
		return session;
	}

	get(appId: string | undefined, id: string): Session | undefined {
		const session = this.sessions.get(id);
		return appId === undefined || session?.appId === appId ? session : undefined;
	}

	all(): Session[] {
		return [...this.sessions.values()];
	}

	of(appId: string): Session[] {
		return this.all().filter((session) => session.appId === appId);
	}

	chat(appId: string, chatId: string): Chat | undefined {
		return this.of(appId)
			.flatMap(({ chats }) => chats)
			.find(({ id }) => id === chatId);
	}

	delete(id: string): void {
		this.sessions.delete(id);
	}

	/** Forgets everything; answers still running are stopped. */
	clear(): void {
		for (const { chats } of this.sessions.values()) for (const { run } of chats) void run.cancel();
		this.sessions.clear();
	}
}
