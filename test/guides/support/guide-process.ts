import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { steadyPort } from '../../services/ports.js';
import { readPage } from './page.js';
import { Workshop } from './workshop.js';

const RUNNER = path.resolve(__dirname, 'run-block.cjs');
const START_MS = 60_000;

/** A guide's application as a process, which can be killed, and comes back to its port and its files. */
export class GuideProcess {
  private child?: ChildProcess;
  private output = '';

  private constructor(
    private readonly workshop: Workshop,
    private readonly main: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async of(page: string): Promise<GuideProcess> {
    const workshop = new Workshop();
    const main = workshop.write(readPage(page)).at(-1)?.find('src/main.ts');
    if (main === undefined) throw new Error(`${page} has no src/main.ts`);
    return new GuideProcess(workshop, main, mkdtempSync(path.join(tmpdir(), 'push-guide-')), await steadyPort());
  }

  /** Resolves when somebody answers at its port. */
  async start(): Promise<void> {
    const child = (this.child = spawn(process.execPath, [RUNNER, this.main], {
      cwd: this.folder,
      env: { ...process.env, PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    }));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + String(chunk)).slice(-20_000)));
    const deadline = performance.now() + START_MS;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`the guide's application did not start:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** `kill -9`. Resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    this.workshop.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
