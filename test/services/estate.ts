import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OwnProcess, type ProcessOptions } from './own-process.js';
import { processStatus } from './process-tree.js';
import type { SystemUser } from './system-user.js';

/**
 * Everything a test has started, mounted or made outside itself. `close` takes it away in the reverse order; where the
 * test's process dies before that, a small process beside it does, by the numbers of the processes it was told of.
 */
export class Estate {
  private readonly leaving: (() => Promise<void> | void)[] = [];
  private warden?: ChildProcess;

  /** Whatever becomes of the run, nothing of it is left afterwards. */
  static async with<T>(run: (estate: Estate) => Promise<T>): Promise<T> {
    const estate = new Estate();
    try {
      return await run(estate);
    } finally {
      await estate.close();
    }
  }

  async close(): Promise<void> {
    const troubles: unknown[] = [];
    for (const leave of this.leaving.splice(0).reverse()) {
      try {
        await leave();
      } catch (error) {
        troubles.push(error);
      }
    }
    const { warden } = this;
    this.warden = undefined;
    if (warden) {
      const gone = new Promise((resolve) => warden.on('exit', resolve));
      warden.stdin?.end();
      await gone;
    }
    if (troubles.length > 0) throw troubles[0];
  }

  /** At the end, before what was added earlier. */
  later(leave: () => Promise<void> | void): void {
    this.leaving.push(leave);
  }

  /** Ended with -9 at the end, with all its children, where it is still there. */
  start(command: string, args: readonly string[], options?: ProcessOptions): OwnProcess {
    const own = OwnProcess.start(command, args, options);
    this.adopt(own.pid);
    this.later(() => own.kill9());
    return own;
  }

  /** A process somebody else ends in the ordinary case. */
  adopt(pid: number): void {
    this.note({ own: pid, born: processStatus(pid)?.born });
  }

  folder(owner?: SystemUser): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'push-estate-'));
    if (owner) chownSync(folder, owner.uid, owner.gid);
    this.note({ folder });
    this.later(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      this.note({ unfolder: folder });
    });
    return folder;
  }

  /** One more thing that has to go, for when nobody is left to do it. */
  note(what: Readonly<Record<string, unknown>>): void {
    this.warden ??= startWarden();
    this.warden.stdin?.write(`${JSON.stringify(what)}\n`);
  }
}

function startWarden(): ChildProcess {
  const file = path.join(__dirname, 'warden.cjs');
  // Detached: what ends the tests from a terminal must not end it with them.
  const warden = spawn(process.execPath, [file], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  warden.unref();
  return warden;
}
