import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineOptions } from './engine.js';
import type { Reply, Requests } from './engine-requests.js';

const ROOT = path.resolve(__dirname, '../../..');

export interface EngineServerOptions extends Omit<EngineOptions, 'file'> {
  /** Default `sqlite`. */
  store?: 'sqlite' | 'memory';
  /** Of the process: `--max-old-space-size=512`, `--cpu-prof`, … */
  nodeOptions?: readonly string[];
}

type Given<N extends keyof Requests> = Parameters<Requests[N]>[0];

/** The engine in a process of its own, made from the sources: its memory, its event loop and its handles are its own. */
export class EngineServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dir: string,
    private readonly file: string,
    readonly exited: Promise<number | null>,
    readonly port: number,
    readonly mqttPort: number,
    private readonly waiting: Map<number, (reply: Reply) => void>,
  ) {}

  static async start({
    store = 'sqlite',
    nodeOptions = [],
    ...options
  }: EngineServerOptions = {}): Promise<EngineServer> {
    const file = await bundled();
    const dir = mkdtempSync(path.join(tmpdir(), 'push-chaos-'));
    const engine: EngineOptions = { ...options, file: store === 'sqlite' ? path.join(dir, 'push.db') : undefined };
    const child = fork(file, [], {
      execArgv: ['--enable-source-maps', ...nodeOptions],
      env: { ...process.env, NODE_OPTIONS: '', CHAOS_ENGINE: JSON.stringify(engine) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const waiting = new Map<number, (reply: Reply) => void>();
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    void exited.then((code) => {
      for (const [id, resolve] of waiting) resolve({ id, error: `the server ended with ${code}` });
    });
    child.on('message', (reply: Reply) => {
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    });
    const ready = await new Promise<Reply>((resolve) => waiting.set(0, resolve));
    if (ready.error !== undefined) throw new Error(ready.error);
    const { port, mqttPort } = ready.value as { port: number; mqttPort: number };
    return new EngineServer(child, dir, file, exited, port, mqttPort, waiting);
  }

  private lastId = 0;
  private stopping?: Promise<number | null>;

  /** Rejects with the error of the other side, or when the process is gone. */
  async ask<N extends keyof Requests>(name: N, given?: Given<N>): Promise<Awaited<ReturnType<Requests[N]>>> {
    const id = ++this.lastId;
    const reply = await new Promise<Reply>((resolve) => {
      this.waiting.set(id, resolve);
      if (this.child.exitCode !== null) resolve({ id, error: `the server has ended with ${this.child.exitCode}` });
      else this.child.send({ id, name, given });
    });
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.value as Awaited<ReturnType<Requests[N]>>;
  }

  /** Closes the engine, ends the process; its exit code. Idempotent. */
  stop(): Promise<number | null> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<number | null> {
    const hangs = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.ask('close').catch(() => undefined);
    if (this.child.connected) this.child.disconnect();
    const code = await this.exited;
    clearTimeout(hangs);
    rmSync(this.dir, { recursive: true, force: true });
    rmSync(this.file, { force: true });
    rmSync(`${this.file}.map`, { force: true });
    return code;
  }
}

let made = 0;

/** One file out of the sources; packages of others stay outside, so it lies where they are found. */
async function bundled(): Promise<string> {
  const dir = path.join(ROOT, 'node_modules/.cache/push-chaos');
  mkdirSync(dir, { recursive: true });
  const outfile = path.join(dir, `engine-${process.pid}-${++made}.cjs`);
  await build({
    entryPoints: [path.join(__dirname, 'engine-process.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    outfile,
  });
  return outfile;
}
