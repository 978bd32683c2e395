import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

/** Debian's package; another one can be named by the variable CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const SWITCHES = [
	'--no-sandbox', // Chromium's own needs more rights than containers give
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

const exists = async (path: string) =>
	await access(path).then(
		() => true,
		() => false,
	);

/** Debian's packages, each with a file of it. Without the fonts, answers are rows of empty boxes. */
const PACKAGES = {
	chromium: executablePath,
	'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
	'fonts-noto-color-emoji': '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
};

async function missingPackages(): Promise<string[]> {
	const missing: string[] = [];
	for (const [name, file] of Object.entries(PACKAGES)) if (!(await exists(file))) missing.push(name);
	return missing;
}

/**
 * Starts a headless Chromium. Where it or a font is missing, Debian's package is installed, when that is possible.
 *
 * @param report receives progress, one line at a time
 * @throws Error that says what to install
 */
export async function launchChromium(report: (line: string) => void): Promise<Browser> {
	const missing = await missingPackages();
	if (missing.length > 0 && process.getuid?.() === 0 && (await exists('/usr/bin/apt-get'))) {
		report(`Installing ${missing.join(', ')} (Debian)`);
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		await run('apt-get', ['update', '-qq'], { env });
		await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
	}
	if (!(await exists(executablePath))) {
		throw new Error(
			`There is no Chromium at ${executablePath}. Install it (Debian: apt-get install ${missing.join(' ')}), ` +
				'or name another one: CHROMIUM=/path/to/chromium npm run screens',
		);
	}
	return await chromium.launch({ executablePath, args: SWITCHES });
}
