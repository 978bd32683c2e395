import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';

/** The service of older n8n as well, which is handed more. */
interface AnyService {
	config: { mode: string; localStoragePath: string };
	store(...given: unknown[]): Promise<IBinaryData>;
}

/** n8n's storage for files: without it, an engine keeps them in its memory, as n8n before 2.0 does by default. */
export class BinaryStorage {
	private readonly folder = mkdtempSync(join(tmpdir(), 'binary-data-'));
	private readonly service = Container.get(BinaryDataService);

	async start(): Promise<void> {
		const { config } = this.service as unknown as AnyService;
		Object.assign(config, { mode: 'filesystem', localStoragePath: this.folder });
		await this.service.init();
	}

	/** A file in the storage, as an item refers to it. */
	async store(content: Buffer, file: { fileName?: string; mimeType: string }): Promise<IBinaryData> {
		const service = this.service as unknown as AnyService;
		const location = { type: 'execution', workflowId: 'workflow', executionId: '1' };
		const place = service.store.length === 4 ? [location.workflowId, location.executionId] : [location];
		return await service.store(...place, content, { ...file, data: '' });
	}

	/** A file of zeros, as long as it is to be; it takes no room. */
	async storeEmpty(size: number, file: { fileName: string; mimeType: string }): Promise<IBinaryData> {
		const stored = await this.store(Buffer.alloc(0), file);
		const path = this.service.getPath(stored.id!);
		truncateSync(path, size);
		writeFileSync(`${path}.metadata`, JSON.stringify({ ...file, fileSize: size }));
		return stored;
	}

	async read(file: IBinaryData): Promise<Buffer> {
		return await this.service.getAsBuffer(file);
	}

	stop(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
