import { spawn, type ChildProcess } from 'node:child_process';
import { eventually } from '../support/eventually.js';
import { isAlive, processTree, signal } from './process-tree.js';
import type { SystemUser } from './system-user.js';

export interface ProcessOptions {
  readonly user?: SystemUser;
  readonly cwd?: string;
  /** Instead of the test's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const GONE_MS = 20_000;
const KEPT_CHARACTERS = 20_000;

/** A process that a test started, with everything that came from it. */
export class OwnProcess {
  readonly exited: Promise<number | null>;
  private written = '';
  private failure?: Error;

  private constructor(
    private readonly child: ChildProcess,
    private readonly command: string,
  ) {
    const keep = (chunk: Buffer): void => void (this.written = (this.written + String(chunk)).slice(-KEPT_CHARACTERS));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => (this.failure = error));
    this.exited = new Promise((resolve) => child.on('exit', resolve));
  }

  static start(command: string, args: readonly string[], { user, cwd, env }: ProcessOptions = {}): OwnProcess {
    const child = spawn(command, args, { ...user, cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new OwnProcess(child, command);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw this.failure ?? new Error(`${this.command} did not start`);
    return this.child.pid;
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.failure === undefined;
  }
  /** What it wrote last. */
  get output(): string {
    return this.written;
  }

  /** Hung, not dead: connections stay, nothing answers. */
  stop(): void {
    signal(processTree(this.pid), 'SIGSTOP');
  }
  continue(): void {
    signal(processTree(this.pid), 'SIGCONT');
  }

  /** Parents first, so that none notices and starts another. Resolves when all are gone. */
  async kill9(): Promise<void> {
    if (!this.isRunning && !isAlive(this.pid)) return;
    const tree = processTree(this.pid);
    signal(tree, 'SIGKILL');
    await eventually(() => !tree.some(isAlive), GONE_MS);
  }

  /** Resolves when it answers. Rejects with what it wrote where it ends instead, or takes too long. */
  async answering(answers: () => Promise<boolean>, patienceMs: number): Promise<void> {
    const says = (what: string): Error => new Error(`${this.command} ${what}:\n${this.written}`);
    await eventually(async () => {
      if (!this.isRunning) throw says('ended while it started');
      return answers();
    }, patienceMs).catch((error: Error) => {
      throw this.isRunning ? says(`does not answer after ${patienceMs} ms`) : error;
    });
  }
}
