import type { Message } from '../model/message.js';
import type { JobRef, NewJob } from '../store/job-store.js';

/** The kind of the job that decides who is to be notified of a message; its id is the message's. */
export const OFFLINE = 'offline';

/** How far a decision has come: kept as the job's payload. */
export interface Progress {
  /** `away`: those without a connection, at once. `rest`: everybody, when the wait is over. */
  readonly pass: 'away' | 'rest';
  /** The next recipient: of which target, and after which user. */
  readonly target: number;
  readonly after: string;
  /** Recipients looked at in this pass. */
  readonly done: number;
  /** Of them, those left to the next pass. */
  readonly left: number;
}

export const BEGINNING: Progress = Object.freeze({ pass: 'away', target: 0, after: '', done: 0, left: 0 });

/** When the wait of a message is over. Unix milliseconds. */
export function waitIsOver(message: Message, waitMs: number): number {
  const from = Math.max(message.acceptedAt, message.dueAt ?? 0);
  const { offline } = message.options;
  return offline?.mode === 'always' ? from : from + (offline?.waitMs ?? waitMs);
}

/** The job that is stored along with a message that somebody may have to be notified of. */
export function offlineJob(message: Message, waitMs: number, marginMs: number): NewJob | undefined {
  const { tenant, id, notification, options } = message;
  if (!notification || options.volatile || options.offline?.mode === 'never') return undefined;
  const over = waitIsOver(message, waitMs);
  return {
    tenant,
    kind: OFFLINE,
    id,
    payload: JSON.stringify(BEGINNING),
    position: 0,
    size: 1,
    dueAt: options.offline?.mode === 'always' ? over : over + marginMs,
  };
}

export const offlineRef = ({ tenant, id }: { readonly tenant: string; readonly id: string }): JobRef => ({
  tenant,
  kind: OFFLINE,
  id,
});

export const progressOf = (payload: string): Progress => ({ ...BEGINNING, ...(JSON.parse(payload) as Progress) });
