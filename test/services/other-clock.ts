import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fakeTimeLibrary, required } from './binaries.js';
import type { Estate } from './estate.js';

/** A wall clock that is wrong, and can be moved while its process runs. Timers and durations stay right. */
export class OtherClock {
  private constructor(private readonly file: string) {}

  static make(estate: Estate): OtherClock {
    const folder = estate.folder();
    // A server that is nobody's has to read it too.
    chmodSync(folder, 0o755);
    const clock = new OtherClock(path.join(folder, 'time'));
    clock.set(0);
    return clock;
  }

  /** For the environment of the process. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: required(fakeTimeLibrary(), 'libfaketime'),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Semaphores and files keep the machine's time.
      FAKETIME_DONT_RESET: '1',
      NO_FAKE_STAT: '1',
    };
  }

  /** Seconds away from the machine's clock, from now on. */
  set(offsetSeconds: number): void {
    const next = `${this.file}.next`;
    writeFileSync(next, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}\n`, { mode: 0o644 });
    renameSync(next, this.file);
  }
}
