import { createHash, randomBytes } from 'node:crypto';
import type { AccountMedium } from '../accounts/account-medium.js';
import { SESSION_BEARER } from '../accounts/account-authenticator.js';
import type { StoredPerson } from './people.js';
import { toPerson } from './people-store.js';

/** Without a call for so long a session is over. */
export const IDLE_MS = 12 * 3_600_000;
/** However busy, it is over then. */
export const LONGEST_MS = 7 * 24 * 3_600_000;
/** That a session is in use is written down this often at most. */
const SEEN_EVERY_MS = 60_000;

/**
 * Sessions of those who signed in, in the database: good on every node, ended for every node at once. A session is known by
 * the hash of its bearer; the bearer itself is only in the browser's cookie.
 */
export class SessionStore {
  constructor(private readonly medium: AccountMedium) {}

  /** The bearer of a new session. */
  async begin(person: string, now: number): Promise<string> {
    const bearer = SESSION_BEARER + randomBytes(32).toString('base64url');
    await this.medium.run('DELETE FROM push_session WHERE created_at < ? OR seen_at < ?', [
      now - LONGEST_MS,
      now - IDLE_MS,
    ]);
    await this.medium.run('INSERT INTO push_session (id, person, created_at, seen_at) VALUES (?, ?, ?, ?)', [
      idOf(bearer),
      person,
      now,
      now,
    ]);
    return bearer;
  }

  /** Whose it is, while it is good and they may sign in. */
  async personOf(bearer: string, now: number): Promise<StoredPerson | undefined> {
    const id = idOf(bearer);
    const { rows } = await this.medium.run(
      `SELECT p.*, s.seen_at FROM push_session s JOIN push_person p ON p.id = s.person
         WHERE s.id = ? AND s.created_at > ? AND s.seen_at > ? AND p.disabled = 0`,
      [id, now - LONGEST_MS, now - IDLE_MS],
    );
    const [row] = rows;
    if (!row) return undefined;
    if (now - Number(row.seen_at) > SEEN_EVERY_MS)
      await this.medium.run('UPDATE push_session SET seen_at = ? WHERE id = ? AND seen_at < ?', [now, id, now]);
    return toPerson(row);
  }

  async end(bearer: string): Promise<void> {
    await this.medium.run('DELETE FROM push_session WHERE id = ?', [idOf(bearer)]);
  }

  async endAllOf(person: string): Promise<void> {
    await this.medium.run('DELETE FROM push_session WHERE person = ?', [person]);
  }
}

const idOf = (bearer: string): string => createHash('sha256').update(bearer).digest('hex');
