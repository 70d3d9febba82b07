import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from 'push-core';
import type { Act, Audit, AuditEntry } from './audit.js';
import { idPrefix, type AuditStore } from './audit-store.js';
import { AuditTargets } from './audit-targets.js';

/** What is kept at least. */
export const AUDIT_RETENTION_MS = 400 * 24 * 3_600_000;
const BATCH = 100;
const RETRY_MS = 1_000;
const TIDY_MS = 6 * 3_600_000;
/** What waits for a database that is away; beyond it the oldest are let go, with a word in the log. */
const MOST_WAITING = 10_000;

export interface AuditLogParts {
  readonly store: AuditStore;
  readonly clock: Clock;
  /** Told when entries could not be written, and when some were lost. */
  readonly complain: (what: string, error?: unknown) => void;
}

/**
 * Writes the audit log: what is recorded while a write is under way goes with the next one. Each caller waits until its
 * entry is in the database; while that is away nobody waits, and the entries are tried again until they are in.
 */
export class AuditLog implements Audit {
  targets = new AuditTargets(randomBytes(32));
  private readonly writer = randomBytes(6).toString('hex');
  private waiting: AuditEntry[] = [];
  private writing: Promise<void> | undefined;
  private retry: Timer | undefined;
  private tidying: Timer | undefined;
  private lastAt = 0;
  private count = 0;

  constructor(private readonly parts: AuditLogParts) {}

  /** When the tables are there. */
  async open(): Promise<void> {
    this.targets = new AuditTargets(await this.parts.store.secret(randomBytes(32)));
    this.planTidying(60_000);
  }

  /** What waits is written once more, then it is let go. */
  async close(): Promise<void> {
    this.retry?.cancel();
    this.tidying?.cancel();
    await this.writing;
    await this.flush();
  }

  async record(act: Act): Promise<void> {
    const at = this.parts.clock.now();
    this.waiting.push({ ...act, id: this.idAt(at), at });
    if (this.waiting.length > MOST_WAITING) {
      this.waiting = this.waiting.slice(-MOST_WAITING);
      this.parts.complain('entries of the audit log are lost: the database takes none');
    }
    // While it is away nobody waits for it.
    if (this.retry) return;
    // Twice: the write under way may have begun before this entry came.
    await this.flush();
    await this.flush();
  }

  private flush(): Promise<void> {
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, BATCH);
      try {
        await this.parts.store.add(batch);
      } catch (error) {
        if (!this.retry) this.parts.complain('the audit log cannot be written; it is kept and tried again', error);
        this.retry = this.parts.clock.after(RETRY_MS, () => void this.flush());
        return;
      }
      const written = new Set(batch);
      this.waiting = this.waiting.filter((entry) => !written.has(entry));
      this.retry = undefined;
    }
  }

  /** Time, a number within the millisecond, and who wrote it: the order of one node is kept. */
  private idAt(at: number): string {
    this.count = at === this.lastAt ? this.count + 1 : 0;
    this.lastAt = at;
    return idPrefix(at) + this.count.toString(36).padStart(5, '0') + this.writer;
  }

  private planTidying(delayMs: number): void {
    this.tidying = this.parts.clock.after(delayMs, () => {
      const { store, clock, complain } = this.parts;
      void store
        .removeBefore(clock.now() - AUDIT_RETENTION_MS)
        .catch((error: unknown) => complain('old entries of the audit log could not be removed', error))
        .finally(() => this.planTidying(TIDY_MS));
    });
  }
}
