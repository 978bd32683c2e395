import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { SavedWorkflow } from '../../harness/server/api';

export type Theme = 'light' | 'dark';

export interface EditorOptions {
	url: string;
	/** Cookies of a user who is logged in, as a `Cookie` header has them: n8n allows only a few logins a minute. */
	session: string;
	theme?: Theme;
	/** Size of the window, pixels. */
	size?: { width: number; height: number };
}

/** Runs in the page. Spinners and the like, which never end, do not count. */
const IS_SETTLED = `
	document.fonts.status === 'loaded' &&
	[...document.images].every((image) => image.complete) &&
	document.getAnimations().every(
		(each) => each.playState !== 'running' || each.effect?.getComputedTiming().endTime === Infinity,
	)`;

const PATIENCE_WITH_SEARCH_MS = 5000;
/** A list is searched only when nothing more was typed for so long, and a little more. */
const SEARCH_DELAY_MS = 1500;

const byTestId = (id: string) => `[data-test-id="${id}"]`;

/** n8n's editor in a browser, as a person uses it. */
export class Editor {
	private constructor(
		private readonly context: BrowserContext,
		readonly page: Page,
		private readonly url: string,
	) {}

	/** Opens a window of its own for a user who is logged in. */
	static async open(browser: Browser, options: EditorOptions): Promise<Editor> {
		const { url, session, theme = 'light', size = { width: 1440, height: 900 } } = options;
		const context = await browser.newContext({ viewport: size, colorScheme: theme, locale: 'en-US' });
		context.setDefaultTimeout(60_000);
		const cookies = session.split('; ').map((cookie) => {
			const [name = '', ...value] = cookie.split('=');
			return { name, value: value.join('='), url };
		});
		await context.addCookies(cookies);
		return new Editor(context, await context.newPage(), url);
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	// ------------------------------------------------------------------------------------------------- canvas

	async openWorkflow({ id }: Pick<SavedWorkflow, 'id'>): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.locator(byTestId('canvas-node')).first().waitFor();
		await this.settled();
	}

	/** Runs the workflow with the button below the canvas and waits until this node has ended, well or not. */
	async execute(lastNode: string): Promise<void> {
		await this.page.locator(byTestId('execute-workflow-button')).first().click();
		const last = this.canvasNode(lastNode);
		const ended = ['canvas-node-status-success', 'canvas-node-status-mark-error'].map((id) =>
			last.locator(byTestId(id)),
		);
		await ended[0]!.or(ended[1]!).first().waitFor();
		await this.closeNotices();
	}

	/** Closes what n8n has put up in a corner. */
	private async closeNotices(): Promise<void> {
		const notices = this.page.locator('.el-notification');
		await notices.first().waitFor();
		while ((await notices.count()) > 0) {
			const notice = await notices.first().elementHandle();
			await notices.first().locator('.el-notification__closeBtn').click();
			await notice?.waitForElementState('hidden');
		}
		await this.settled();
	}

	private canvasNode(name: string): Locator {
		return this.page.locator(`${byTestId('canvas-node')}[data-node-name="${name}"]`);
	}

	// ------------------------------------------------------------------------------------------------- node panel

	async openNodePanel(): Promise<void> {
		await this.page.locator(byTestId('node-creator-plus-button')).click();
		await this.searchBar.waitFor();
	}

	/** The panel that the plus below the *Tool* of an agent opens. */
	async openToolPanel(): Promise<void> {
		const tool = `${byTestId('canvas-node-input-handle')}[data-connection-type="ai_tool"] ${byTestId('canvas-handle-plus')}`;
		await this.page.locator(tool).first().click();
		await this.searchBar.waitFor();
	}

	get nodePanel(): Locator {
		return this.page.locator(byTestId('node-creator'));
	}

	private get searchBar(): Locator {
		return this.page.locator(byTestId('node-creator-search-bar'));
	}

	/**
	 * Searches in the node panel.
	 *
	 * @param expected names of nodes to wait for
	 * @returns those of them that the panel does not list
	 */
	async searchNodes(text: string, expected: string[]): Promise<string[]> {
		// the results of the search before stay for a moment, and must not be taken for the ones of this
		await this.searchBar.fill('zzzzzz');
		await this.nodePanel.locator(byTestId('node-creator-no-results')).waitFor();
		await this.searchBar.fill(text);
		const misses: string[] = [];
		for (const name of expected) {
			const entry = this.nodePanel.locator(byTestId('node-creator-item-name')).getByText(name, { exact: true });
			// the list follows what is typed a moment later, so only patience tells what it lacks
			const isListed = await entry
				.first()
				.waitFor({ timeout: PATIENCE_WITH_SEARCH_MS })
				.then(
					() => true,
					() => false,
				);
			if (!isListed) misses.push(name);
		}
		await this.settled();
		return misses;
	}

	/** Clicks an entry of the node panel: a node with its actions, or a group of nodes. */
	async openPanelEntry(name: string): Promise<void> {
		await this.nodePanel.getByText(name, { exact: true }).first().click();
		await this.settled();
	}

	// ------------------------------------------------------------------------------------------------- node

	/** Opens the window of a node of the open workflow. */
	async openNode(name: string): Promise<void> {
		await this.canvasNode(name).dblclick();
		await this.node.waitFor();
		await this.parameters.waitFor();
		await this.settled();
	}

	async closeNode(): Promise<void> {
		await this.page.locator(byTestId('ndv-close-button')).click();
		await this.node.waitFor({ state: 'detached' });
	}

	get node(): Locator {
		return this.page.locator(byTestId('ndv'));
	}

	/** The form in the middle of a node's window. */
	get parameters(): Locator {
		return this.node.locator(byTestId('node-parameters'));
	}

	get output(): Locator {
		return this.node.locator(byTestId('output-panel'));
	}

	/** Opens the details of the error in the output. */
	async openErrorDetails(): Promise<void> {
		for (const summary of await this.output.locator('details > summary').all()) await summary.click();
		await this.settled();
	}

	/** How the output is shown. */
	async showOutputAs(mode: 'schema' | 'table' | 'json'): Promise<void> {
		await this.output.locator(byTestId(`radio-button-${mode}`)).click();
		await this.settled();
	}

	/** Opens the choices of a parameter, by its name. */
	async openChoices(parameter: string): Promise<Locator> {
		await this.parameters.locator(byTestId(`parameter-input-${parameter}`)).click();
		return await this.openList();
	}

	/**
	 * What opens the list of fields of a collection. (The other tab has one as well, which is hidden.) A collection of one
	 * field has a button instead, which adds it.
	 */
	get addOption(): Locator {
		return this.parameters
			.locator(`${byTestId('collection-parameter-add')}:not(button)`)
			.filter({ visible: true })
			.last();
	}

	/** Opens the list of the fields that can be added to a collection. */
	async openAddOption(): Promise<Locator> {
		await this.addOption.click();
		return await this.openList();
	}

	private async openList(): Promise<Locator> {
		const list = this.page.locator('.el-select-dropdown:visible').last();
		await list.waitFor();
		await this.settled();
		return list;
	}

	/** Opens the list of a resource locator, or of a workflow to choose, and waits for its entries, or for what went wrong. */
	async openLocator(parameter: string): Promise<Locator> {
		const locator = this.parameters.locator(byTestId(`resource-locator-${parameter}`));
		await locator.locator(byTestId('rlc-input')).click();
		await this.locatorList.waitFor();
		await this.locatorLoaded();
		return this.locatorList;
	}

	/** Types into the search of the open list of a resource locator. */
	async searchLocator(text: string): Promise<void> {
		await this.locatorList.locator(byTestId('rlc-search')).fill(text);
		await this.page.waitForTimeout(SEARCH_DELAY_MS);
		await this.locatorLoaded();
	}

	/** Takes an entry of the open list of a resource locator. */
	async chooseLocated(text: string): Promise<void> {
		await this.locatorList.locator(byTestId('rlc-item')).filter({ hasText: text }).first().click();
		await this.locatorList.waitFor({ state: 'detached' });
		await this.settled();
	}

	private get locatorList(): Locator {
		return this.parameters.locator('[data-test-id^="resource-locator-"] [role="dialog"]');
	}

	private async locatorLoaded(): Promise<void> {
		const list = this.locatorList;
		const entries = list.locator(byTestId('rlc-item'));
		const failure = list.locator(byTestId('rlc-error-container'));
		await entries.or(failure).or(list.getByText('No results')).first().waitFor();
		await this.settled();
	}

	async closeList(): Promise<void> {
		await this.node.locator(byTestId('tab-params')).click();
	}

	// ------------------------------------------------------------------------------------------------- credentials

	async openCredential(id: string): Promise<Locator> {
		await this.page.goto(`${this.url}/home/credentials/${id}`);
		const window = this.page.locator(byTestId('editCredential-modal'));
		await window.waitFor();
		await this.settled();
		return window;
	}

	async scrollToEnd(window: Locator): Promise<void> {
		await window.locator('.parameter-input, [data-test-id^="parameter-input"]').last().scrollIntoViewIfNeeded();
		await this.settled();
	}

	/** Waits until fonts and icons are there and nothing moves any more. */
	async settled(): Promise<void> {
		await this.page.waitForFunction(IS_SETTLED);
	}
}
