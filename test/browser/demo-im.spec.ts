/**
 * The demo as people use it: two browsers, three devices (Ann's laptop and phone, Bob's laptop), one server that is really
 * killed. Stood in for: the browser's own push service, which cannot be reached. `PUSH_WRITE_SCREENSHOTS=1` writes what the README and the guides show.
 */
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { FakeWebPush } from 'push-core/testing';
import { eventually } from '../support/eventually.js';
import { ChatPage, DESKTOP, PHONE, type Look } from './support/chat-page.js';
import { CHROMIUM, Demo, FLAGS } from './support/demo.js';

const START_MS = 120_000;
const PATIENCE_MS = 30_000;
const SHOTS = path.resolve(__dirname, '../../docs/images');

jest.setTimeout(120_000);

describe('the demo', () => {
  let demo: Demo;
  let pushService: FakeWebPush;
  let browsers: Browser[] = [];
  let laptop: ChatPage;
  let phone: ChatPage;
  let bob: ChatPage;
  let room: string;
  let count = 0;
  const text = (what: string): string => `${what} ${++count}`;

  beforeAll(async () => {
    pushService = await FakeWebPush.listen();
    demo = await Demo.start({ DEMO_EGRESS_ALLOW: new URL(pushService.url).host });
    const launch = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    browsers = await Promise.all([launch(), launch()]);
    const [anns, bobs] = browsers as [Browser, Browser];
    laptop = await ChatPage.open(anns, demo.url, DESKTOP);
    phone = await ChatPage.open(anns, demo.url, PHONE, { colorScheme: 'dark' });
    bob = await ChatPage.open(bobs, demo.url, DESKTOP, { subscribe: (key) => pushService.subscribe(key) });
    await laptop.login('ann');
    await phone.login('ann');
    await bob.login('bob');
    room = await laptop.openRoom('Bob');
    await bob.openRoom('Ann');
  }, START_MS);

  afterAll(async () => {
    for (const browser of browsers) await browser.close();
    await demo?.close();
    await pushService?.close();
  }, START_MS);

  beforeEach(async () => {
    for (const device of [laptop, phone, bob]) await device.isConnected();
  });

  const shot = async (device: ChatPage, name: string): Promise<void> => {
    if (process.env.PUSH_WRITE_SCREENSHOTS === '1')
      await device.page.screenshot({ path: path.join(SHOTS, `demo-${name}.png`) });
  };

  it('a message reaches the other person and the own other device, and gets its ticks', async () => {
    const hello = text('Hello from the laptop');
    await laptop.say(hello);
    await bob.shows(hello);
    await laptop.ticks(hello, 'read');
    const answer = text('And hello back');
    await bob.say(answer);
    await laptop.shows(answer);
    await bob.ticks(answer, 'read');
    await shot(laptop, 'desktop-light');
  });

  it('what is not read is counted, and reading on one device clears the other', async () => {
    await laptop.openRoom('Weekend');
    const ping = text('Are you there?');
    await bob.say(ping);
    await eventually(async () => (await phone.unread(room)) === '1', PATIENCE_MS);
    await eventually(async () => (await laptop.unread(room)) === '1', PATIENCE_MS);
    await bob.ticks(ping, 'delivered');
    await shot(phone, 'phone-dark-list');
    await phone.openRoom('Bob');
    await phone.shows(ping);
    await eventually(async () => (await laptop.unread(room)) === null, PATIENCE_MS);
    await bob.ticks(ping, 'read');
    await shot(phone, 'phone-dark');
    await laptop.openRoom('Bob');
  });

  it('says who is typing, and who is there', async () => {
    await bob.part('composer').pressSequentially('Hm…');
    await laptop.part('typing').first().waitFor();
    await bob.part('composer').fill('');
    await eventually(async () => (await laptop.part('presence').first().innerText()).length > 0, PATIENCE_MS);
  });

  it('a message that is taken back disappears everywhere', async () => {
    const oops = text('This was a mistake');
    await bob.say(oops);
    await laptop.shows(oops);
    await bob.ticks(oops, 'read');
    await bob.bubble(oops).hover();
    const message = (await bob.bubble(oops).getAttribute('data-testid')) as string;
    await bob.part(`recall-${message.slice('message-'.length)}`).click();
    await eventually(async () => (await laptop.bubble(oops).count()) === 0, PATIENCE_MS);
    await eventually(async () => (await phone.bubble(oops).count()) === 0, PATIENCE_MS);
  });

  it('offline: what is written waits, what was missed comes in order, once', async () => {
    await laptop.lab('cut');
    await laptop.part('banner').first().waitFor();
    await laptop.closeLab();
    await shot(laptop, 'desktop-offline');
    const mine = text('Written in a tunnel');
    await laptop.say(mine);
    await laptop.ticks(mine, 'pending');
    const missed = [text('missed'), text('missed'), text('missed')];
    for (const one of missed) {
      await bob.say(one);
      await bob.ticks(one, 'read'); // on the phone, where the room is open
    }
    expect(await laptop.texts('missed')).toEqual([]);
    await laptop.lab('restore');
    await laptop.closeLab();
    for (const one of missed) await laptop.shows(one);
    expect(await laptop.texts('missed')).toEqual(missed);
    await bob.shows(mine);
    await laptop.ticks(mine, 'read');
  });

  it('half-open: the link looks alive, and nothing is lost', async () => {
    await laptop.lab('half-open');
    const silent = text('Into the void?');
    await bob.say(silent);
    await bob.ticks(silent, 'read');
    expect(await laptop.bubble(silent).count()).toBe(0);
    await laptop.lab('restore');
    await laptop.closeLab();
    await laptop.shows(silent);
  });

  it('the server is killed with kill -9: it comes back, and so does everybody', async () => {
    const before = await demo.pid();
    expect(before).toBeGreaterThan(0);
    process.kill(before as number, 'SIGKILL');
    const meanwhile = text('Said while it was dead');
    await laptop.say(meanwhile);
    await eventually(async () => {
      const now = await demo.pid();
      return now !== undefined && now !== before;
    }, PATIENCE_MS);
    await bob.shows(meanwhile);
    await laptop.ticks(meanwhile, 'read');
    const after = text('And after');
    await bob.say(after);
    await laptop.shows(after);
    await phone.shows(after);
  });

  it('the lab kills the server too, and tells the story of a message', async () => {
    const before = await demo.pid();
    await laptop.lab('kill');
    await eventually(async () => {
      const now = await demo.pid();
      return now !== undefined && now !== before;
    }, PATIENCE_MS);
    await laptop.isConnected();
    await laptop.closeLab();
    const story = text('What became of this?');
    await laptop.say(story);
    await bob.shows(story);
    await laptop.ticks(story, 'read');
    const id = ((await laptop.bubble(story).getAttribute('data-testid')) as string).slice('message-'.length);
    await laptop.bubble(story).hover();
    await laptop.part(`explain-${id}`).click();
    const steps = laptop.part('explain-steps').first();
    await steps.waitFor();
    await eventually(async () => /deliver/i.test(await steps.innerText()), PATIENCE_MS);
    await shot(laptop, 'lab');
    await laptop.closeLab();
  });

  it('asks for permission on a click only; then a closed page is told by Web Push', async () => {
    expect(await bob.part('webpush').first().getAttribute('data-state')).toBe('off');
    expect(await bob.page.evaluate('Notification.permission')).toBe('default');
    await bob.context.grantPermissions(['notifications'], { origin: demo.url });
    await bob.part('webpush').first().click();
    await bob.page.locator('[data-testid=webpush][data-state=on]').first().waitFor();
    await bob.page.close();
    const late = text('You just missed this');
    await laptop.say(late);
    await eventually(() => pushService.pushes.length > 0, PATIENCE_MS);
    expect(JSON.stringify(pushService.pushes[0]?.payload)).toContain(late);
    bob = await ChatPage.open(browsers[1] as Browser, demo.url, DESKTOP);
    await bob.login('bob');
    await bob.openRoom('Ann');
    await bob.shows(late);
    await laptop.ticks(late, 'read');
  });

  it.each<[string, Look]>([
    ['desktop-dark', { colorScheme: 'dark' }],
    ['desktop-zh', { locale: 'zh-CN' }],
  ])('looks as it should: %s', async (name, look) => {
    const page = await ChatPage.open(browsers[1] as Browser, demo.url, DESKTOP, look);
    await page.login('bob');
    await page.openRoom('Weekend');
    await shot(page, name);
    expect(await page.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });
});
