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

const isInstalled = async () =>
	await access(executablePath).then(
		() => true,
		() => false,
	);

/** Whether this is a Debian whose packages we may install. */
const maysInstall = async () =>
	process.getuid?.() === 0 &&
	(await access('/usr/bin/apt-get').then(
		() => true,
		() => false,
	));

/**
 * Starts a headless Chromium. Where it is missing, Debian's package and fonts for Chinese and emoji are installed, when
 * that is possible.
 *
 * @param report receives progress, one line at a time
 * @throws Error that says what to install
 */
export async function launchChromium(report: (line: string) => void): Promise<Browser> {
	if (!(await isInstalled())) {
		if (!(await maysInstall())) {
			throw new Error(
				`There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium fonts-noto-cjk), ` +
					'or name another one: CHROMIUM=/path/to/chromium npm run screens',
			);
		}
		report('Installing Chromium (Debian package)');
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		await run('apt-get', ['update', '-qq'], { env });
		const packages = ['chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji'];
		await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
	}
	return await chromium.launch({ executablePath, args: SWITCHES });
}
