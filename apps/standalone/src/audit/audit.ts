import type { ErrorCode } from 'push-core';
import type { Actor } from '../accounts/account-authenticator.js';

/** Something that somebody did, or tried to do. Never a secret, never a body. */
export interface Act {
  readonly actor: Actor;
  /** The tenant it was about; undefined: the server itself. */
  readonly tenant?: string;
  /** `operationId` of the HTTP API, or a word of the command line. */
  readonly action: string;
  /** What it was done to, as `name=id`. A user's id is a digest here: see `AuditTargets`. */
  readonly target?: string;
  readonly outcome: 'ok' | ErrorCode;
  /** Where it came from. */
  readonly address?: string;
}

export interface AuditEntry extends Act {
  /** Later ones sort later. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface AuditQuery {
  /** Older than this entry. */
  readonly before?: string;
  /** 1 to 1000. */
  readonly limit: number;
  readonly tenant?: string;
  readonly action?: string;
  /** Unix milliseconds. */
  readonly since?: number;
  readonly until?: number;
}

/** What was done is written down here. */
export interface Audit {
  /**
   * Resolves when it is kept. Where the database does not take it, it is kept in memory and written later, and the promise
   * resolves too: what was done is done. Never rejects.
   */
  record(act: Act): Promise<void>;
}
