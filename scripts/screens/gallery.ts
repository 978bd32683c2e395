import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Locator, Page, PageScreenshotOptions } from 'playwright-core';
import { projectFolder, runtimeFolder } from '../../harness/server/layout';

const README_FOLDER = join(projectFolder, 'docs', 'images');
/** For looking at; git-ignored. */
const REVIEW_FOLDER = join(runtimeFolder, 'screens');
/** A README with heavier pictures is slow to open. Bytes. */
const LARGEST_README_PICTURE = 200_000;

/** Files the pictures that are taken. */
export class Gallery {
	readonly taken: string[] = [];

	/** A picture for looking at. */
	async review(subject: Page | Locator, name: string, clip?: PageScreenshotOptions['clip']): Promise<void> {
		await this.take(subject, join(REVIEW_FOLDER, `${name}.png`), clip);
	}

	/**
	 * A picture of the README.
	 *
	 * @throws Error when it is too large a file for that
	 */
	async readme(page: Page, name: string): Promise<void> {
		const file = join(README_FOLDER, `${name}.png`);
		await this.take(page, file);
		const { size } = await stat(file);
		if (size > LARGEST_README_PICTURE)
			throw new Error(`${file} has ${size} bytes, more than a README picture may have.`);
	}

	private async take(subject: Page | Locator, file: string, clip?: PageScreenshotOptions['clip']): Promise<void> {
		await mkdir(dirname(file), { recursive: true });
		const options = { path: file, animations: 'disabled', caret: 'hide', scale: 'css' } as const;
		if ('goto' in subject) await subject.screenshot({ ...options, clip });
		else await subject.screenshot(options);
		this.taken.push(relative(projectFolder, file));
	}
}
