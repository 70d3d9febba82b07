import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { FakeSubscription } from 'push-core/testing';

const PATIENCE_MS = 20_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}
export const DESKTOP: Size = { width: 1280, height: 800 };
export const PHONE: Size = { width: 390, height: 844 };

export interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  /** In place of Chromium's push service. */
  readonly subscribe?: (serverKey: string) => FakeSubscription;
}

/** `PushManager` as Chromium has it, but for who is asked for the subscription. */
const STAND_IN = `
  const KEPT = 'stand-in-subscription';
  const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const subscription = () => {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return kept && {
      endpoint: kept.endpoint,
      options: { userVisibleOnly: true, applicationServerKey: bytes(kept.serverKey).buffer },
      toJSON: () => ({ endpoint: kept.endpoint, keys: kept.keys }),
      unsubscribe: async () => (localStorage.removeItem(KEPT), true),
    };
  };
  PushManager.prototype.getSubscription = async () => subscription();
  PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
    const serverKey = typeof key === 'string' ? key : base64url(key.buffer ?? key);
    localStorage.setItem(KEPT, JSON.stringify({ ...(await subscribeAtStandIn(serverKey)), serverKey }));
    return subscription();
  };
`;

/** One device of one person: a browser profile of its own, with the chat open. */
export class ChatPage {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, url: string, size: Size, look: Look = {}): Promise<ChatPage> {
    const { colorScheme = 'light', locale = 'en', subscribe } = look;
    const context = await browser.newContext({ viewport: size, colorScheme, locale, reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE_MS);
    if (subscribe) {
      await context.exposeFunction('subscribeAtStandIn', subscribe);
      await context.addInitScript(STAND_IN);
    }
    const page = await context.newPage();
    await page.goto(url);
    return new ChatPage(context, page);
  }

  part(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async login(person: string): Promise<void> {
    await this.part(`login-${person}`).click();
    await this.isConnected();
  }

  async isConnected(): Promise<void> {
    await this.page.locator('[data-testid=state][data-state=connected]').first().waitFor({ state: 'attached' });
  }

  /** The first room whose title says so. */
  async openRoom(title: string): Promise<string> {
    const room = this.page.locator('[data-testid^=room-]:not([data-testid^=room-unread-])', { hasText: title }).first();
    const testId = (await room.getAttribute('data-testid')) as string;
    await room.click();
    await this.part('composer').waitFor();
    return testId.slice('room-'.length);
  }

  async say(text: string): Promise<void> {
    await this.part('composer').fill(text);
    await this.part('composer').press('Enter');
  }

  bubble(text: string): Locator {
    return this.page.locator('[data-testid^=message-]', { hasText: text });
  }

  /** Waits until it is there, once. */
  async shows(text: string): Promise<void> {
    await this.bubble(text).first().waitFor();
    const times = await this.bubble(text).count();
    if (times !== 1) throw new Error(`"${text}" is shown ${times} times`);
  }

  /** Waits until an own message has this tick. */
  async ticks(text: string, state: 'pending' | 'sent' | 'delivered' | 'read'): Promise<void> {
    await this.page.locator(`[data-testid^=message-][data-state=${state}]`, { hasText: text }).first().waitFor();
  }

  async unread(room: string): Promise<string | null> {
    const badge = this.part(`room-unread-${room}`);
    return (await badge.count()) === 0 ? null : badge.textContent();
  }

  async lab(button: 'cut' | 'half-open' | 'restore' | 'kill'): Promise<void> {
    if ((await this.part('lab').count()) === 0) await this.part('lab-open').first().click();
    await this.part(`lab-${button}`).click();
  }

  async closeLab(): Promise<void> {
    if ((await this.part('lab').count()) > 0) await this.part('lab-close').click();
  }

  /** The texts of the messages that are shown, in their order. */
  async texts(containing: string): Promise<string[]> {
    const all = await this.bubble(containing).allInnerTexts();
    return all.map((text) => text.split('\n').find((line) => line.includes(containing)) ?? text);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
