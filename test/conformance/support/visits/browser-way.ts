import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { PushFrame } from 'push-core/wire';
import { ChaosProxy } from '../../../support/chaos-proxy.js';
import type { Way } from './visit.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** What an application would write: a ticket for each connection, and where it stopped when it has to ask anew. */
const PAGE = `<!doctype html><title>visit</title><script>
  const visit = (base, device, token) => {
    let lastEventId = '';
    const again = () => setTimeout(open, 50);
    const open = async () => {
      const query = new URLSearchParams({ device });
      if (lastEventId) query.set('lastEventId', lastEventId);
      try {
        const headers = { Authorization: 'Bearer ' + token };
        const answer = await fetch(base + '/v1/tickets?' + new URLSearchParams({ device }), { method: 'POST', headers });
        query.set('ticket', (await answer.json()).ticket);
      } catch { return again(); }
      const source = new EventSource(base + '/v1/sse?' + query);
      source.addEventListener('push', (event) => {
        lastEventId = event.lastEventId;
        window.show(event.data);
      });
      source.onerror = () => { source.close(); again(); };
    };
    return open();
  };
</script>`;

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** The page's own server: another origin than the messages'. */
export async function servePage(): Promise<PageServer> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A browser's EventSource. Its line is cut, it comes back by itself; at the end the browser is killed. */
export const browserWay = (origin: string): Way => ({
  name: 'Chromium (EventSource)',
  async visit({ door, device, token, show }) {
    if (!existsSync(CHROMIUM)) throw new Error(`This test needs ${CHROMIUM}: apt-get install chromium`);
    const proxy = await ChaosProxy.open(Number(new URL(door.url).port));
    const server = await chromium.launchServer({ executablePath: CHROMIUM, args: FLAGS });
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage();
    let isOver = false;
    await page.exposeFunction('show', (data: string) => {
      if (!isOver) show(JSON.parse(data) as PushFrame);
    });
    await page.goto(origin);
    const given = JSON.stringify([`http://127.0.0.1:${proxy.port}`, device, await token()]);
    await page.evaluate(`visit(...${given})`);
    return {
      async shake() {
        await proxy.kill();
        await proxy.listen();
      },
      async cut() {
        isOver = true;
        await server.kill();
        await proxy.kill();
      },
    };
  },
});
