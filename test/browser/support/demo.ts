import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { steadyPort } from '../../services/ports.js';
import { OwnProcess } from '../../services/own-process.js';

export const CHROMIUM = '/usr/bin/chromium';
export const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const SUPERVISOR = path.resolve(__dirname, '../../../apps/demo-im/dist/supervisor.js');
const START_MS = 60_000;

/** The demo as `npm run demo` starts it, on a port and in a folder of its own. */
export class Demo {
  private constructor(
    readonly url: string,
    private readonly supervisor: OwnProcess,
    private readonly folder: string,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
    for (const needed of [CHROMIUM, SUPERVISOR])
      if (!existsSync(needed)) throw new Error(`This test needs ${needed}: run .ci/tools and npm run build`);
    const folder = await mkdtemp(path.join(tmpdir(), 'demo-im-'));
    const port = await steadyPort();
    const own = { DEMO_PORT: String(port), DEMO_HOST: '127.0.0.1', DEMO_DATA: folder, ...env };
    const supervisor = OwnProcess.start(process.execPath, [SUPERVISOR], { env: { ...process.env, ...own } });
    const demo = new Demo(`http://127.0.0.1:${port}`, supervisor, folder);
    await supervisor.answering(async () => (await demo.lab()) !== undefined, START_MS);
    return demo;
  }

  /** The server's own process; undefined while it is down. */
  async pid(): Promise<number | undefined> {
    return (await this.lab())?.pid;
  }

  async close(): Promise<void> {
    await this.supervisor.kill9();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async lab(): Promise<{ readonly pid: number } | undefined> {
    try {
      const login = await this.post('login', { name: 'dan', password: 'dan' });
      const { token } = (await login.json()) as { token: string };
      const answer = await fetch(`${this.url}/api/lab`, { headers: { authorization: `Bearer ${token}` } });
      return answer.ok ? ((await answer.json()) as { pid: number }) : undefined;
    } catch {
      return undefined;
    }
  }

  private post(call: string, body: object): Promise<Response> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return fetch(`${this.url}/api/${call}`, init);
  }
}
