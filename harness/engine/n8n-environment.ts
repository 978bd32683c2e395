import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// n8n-core reads these when it is first loaded; without them it would read and write ~/.n8n.
const folder = join(__dirname, '../../node_modules/.cache/n8n-engine', process.env.JEST_WORKER_ID ?? '0');
mkdirSync(folder, { recursive: true });
process.env.N8N_USER_FOLDER ??= folder;
process.env.N8N_ENCRYPTION_KEY ??= 'engine-tests-only';
process.env.N8N_LOG_LEVEL ??= 'silent';
