import type { Clock } from '../../clock/clock.js';
import { signJwt } from '../sign-jwt.js';
import type { Making, ShelfItem, TokenShelf } from '../token-shelf.js';
import { markOf, readKey, type ApnsCredentials } from './credentials.js';

const MINUTE = 60_000;
/** Apple takes no more than one in 20 minutes, and none that is older than an hour. */
const AT_LEAST_MS = 20 * MINUTE;
const REFRESH_MS = 45 * MINUTE;
const LAST_MS = 58 * MINUTE;

/** The JWT that says who we are: one of team and key for all nodes. */
export class ProviderToken {
  private readonly name: string;
  private readonly making: Making;

  constructor(
    credentials: ApnsCredentials,
    private readonly tenant: string,
    private readonly shelf: TokenShelf,
    private readonly clock: Clock,
  ) {
    const { teamId, keyId } = credentials;
    const key = readKey(credentials.key);
    this.name = `apns.${teamId}.${keyId}.${markOf(credentials)}`;
    this.making = {
      refreshAfterMs: REFRESH_MS,
      atLeastMs: AT_LEAST_MS,
      make: async () => {
        const now = clock.now();
        const claims = { iss: teamId, iat: Math.floor(now / 1000) };
        return { value: signJwt({ kid: keyId }, claims, key, 'ES256'), expiresAt: now + LAST_MS };
      },
    };
  }

  get(): Promise<ShelfItem> {
    return this.shelf.get(this.tenant, this.name, this.making);
  }

  /** Another one than this, or when there may be one: milliseconds from now. */
  async after(refused: ShelfItem): Promise<ShelfItem | number> {
    await this.shelf.refuse(this.tenant, this.name, refused, this.making);
    const next = await this.get();
    if (next.value !== refused.value) return next;
    return Math.max(1000, refused.madeAt + AT_LEAST_MS - this.clock.now());
  }
}
