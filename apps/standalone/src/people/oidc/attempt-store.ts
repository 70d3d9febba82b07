import { createHash } from 'node:crypto';
import type { AccountMedium } from '../../accounts/account-medium.js';

/** From the redirect to the provider until somebody comes back. */
export const ATTEMPT_MS = 10 * 60_000;

/** What has to be the same when they come back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Sign-ins that are under way at the provider, each bound to one browser by a cookie, on whatever node they end. */
export class AttemptStore {
  constructor(private readonly medium: AccountMedium) {}

  async begin(cookie: string, { state, nonce, verifier }: Attempt, now: number): Promise<void> {
    await this.medium.run('DELETE FROM push_oidc_attempt WHERE created_at < ?', [now - ATTEMPT_MS]);
    await this.medium.run(
      'INSERT INTO push_oidc_attempt (id, state, nonce, verifier, created_at) VALUES (?, ?, ?, ?, ?)',
      [idOf(cookie), state, nonce, verifier, now],
    );
  }

  /** Once: whoever takes it a second time gets nothing. */
  async take(cookie: string, now: number): Promise<Attempt | undefined> {
    const id = idOf(cookie);
    const { rows } = await this.medium.run(
      'SELECT state, nonce, verifier FROM push_oidc_attempt WHERE id = ? AND created_at > ?',
      [id, now - ATTEMPT_MS],
    );
    const { changed } = await this.medium.run('DELETE FROM push_oidc_attempt WHERE id = ?', [id]);
    const [row] = rows;
    if (!row || changed !== 1) return undefined;
    return { state: String(row.state), nonce: String(row.nonce), verifier: String(row.verifier) };
  }
}

const idOf = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');
