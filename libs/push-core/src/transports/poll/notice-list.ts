import { createHash } from 'node:crypto';
import type { ReadNoticeFrame, RecallFrame } from '../../wire.js';
import { CURSOR_LIMITS, NOTICE_DIGEST } from '../cursor/cursor.js';

/**
 * Notices (`recall`, `read`) have no place in a stream, so the core repeats those of the last minutes at every connect. A poll is
 * a connect: the cursor says which of them the device was told, so that they neither come again nor end a poll at once.
 */
export class NoticeList {
  private readonly seen = new Set<string>();

  constructor(private readonly told: ReadonlySet<string>) {}

  /** True when the device was not told of it yet. */
  isNews(text: string): boolean {
    const digest = digestOf(JSON.parse(text) as RecallFrame | ReadNoticeFrame);
    this.seen.add(digest);
    return !this.told.has(digest);
  }

  /** More than a cursor holds: they are repeated, and must not end a poll at once then. */
  get overflows(): boolean {
    return this.seen.size > CURSOR_LIMITS.notices;
  }

  /** For the cursor of the answer. */
  get digests(): readonly string[] {
    return [...this.seen].slice(0, CURSOR_LIMITS.notices);
  }
}

/** Not `unread`: how many are left changes while the mark stays. */
const digestOf = (notice: RecallFrame | ReadNoticeFrame): string =>
  createHash('sha256')
    .update(
      JSON.stringify([notice.op, notice.s, notice.seq, notice.op === 'read' ? (notice.thread ?? null) : notice.id]),
    )
    .digest('base64url')
    .slice(0, NOTICE_DIGEST);
