import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { Look, Size } from './chat-page.js';

const PATIENCE_MS = 20_000;
/** Chromium prints every answer that is no success; one that the page expects is no fault of the page. */
const EXPECTED = /^Failed to load resource: the server responded with a status of (401|403|404)/;
const WATCH = `addEventListener('securitypolicyviolation', (event) =>
  (globalThis.violations ??= []).push(event.violatedDirective + ' ' + event.blockedURI));`;

/** The console in a browser profile of its own, and everything it complained of. */
export class ConsolePage {
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error.stack)));
  }

  static async open(
    browser: Browser,
    url: string,
    size: Size,
    look: Look = {},
    state?: BrowserContext,
  ): Promise<ConsolePage> {
    const { colorScheme = 'light', locale = 'en' } = look;
    const storageState = await state?.storageState();
    const context = await browser.newContext({
      viewport: size,
      colorScheme,
      locale,
      reducedMotion: 'reduce',
      storageState,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    const opened = new ConsolePage(context, page, url);
    await opened.go();
    return opened;
  }

  part(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async go(path = ''): Promise<void> {
    await this.page.goto(`${this.url}/console${path}`);
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.part('name').fill(name);
    await this.part('password').fill(password);
    await this.part('submit').click();
  }

  /** Through the list of pages, on a phone behind its button. */
  async toPage(name: string): Promise<void> {
    if ((await this.part('menu').count()) > 0) await this.part('menu').click();
    await this.part(`nav-${name}`).click();
  }

  /** The id of the message. */
  async send(users: string, data?: unknown): Promise<string> {
    await this.toPage('send');
    await this.part('send-users').fill(users);
    if (data !== undefined) await this.part('send-data').fill(JSON.stringify(data));
    await this.part('send').click();
    return (await this.page.locator('[data-testid=follow] .id').first().getAttribute('title')) as string;
  }

  violations(): Promise<string[]> {
    return this.page.evaluate('globalThis.violations ?? []');
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
