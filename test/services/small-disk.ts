import { execFileSync } from 'node:child_process';
import { chownSync, rmSync, statfsSync } from 'node:fs';
import type { Estate } from './estate.js';
import type { SystemUser } from './system-user.js';

/** A disk that is soon full, and can be made larger. Needs root. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static mount(estate: Estate, bytes: number, owner?: SystemUser): SmallDisk {
    const folder = estate.folder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'push-small-disk', folder]);
    estate.note({ disk: folder });
    estate.later(() => {
      execFileSync('umount', ['-l', folder]);
      estate.note({ undisk: folder });
      rmSync(folder, { recursive: true, force: true });
    });
    if (owner) chownSync(folder, owner.uid, owner.gid);
    return new SmallDisk(folder);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** What is on it stays. */
  resize(bytes: number): void {
    execFileSync('mount', ['-o', `remount,size=${bytes}`, this.folder]);
  }
}
