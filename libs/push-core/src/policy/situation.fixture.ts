import type { ProviderTraits } from '../providers/provider.js';
import type { Situation } from './policy.js';

/** Wednesday, 18 November 2026, 12:00 in Greenwich. */
export const NOON = Date.UTC(2026, 10, 18, 12);
export const HOUR = 3_600_000;

/** A message in a thread to an Android phone that is away, with nothing in its way. */
export function situation(differences: Partial<Situation> = {}): Situation {
  return {
    now: NOON,
    type: 'chat.message',
    thread: 'room-7',
    category: 'im',
    priority: 'normal',
    mentioned: false,
    expiresAt: NOON + 7 * 24 * HOUR,
    presence: 'away',
    preferences: {},
    platform: 'android',
    providers: ['fcm', 'vivo'],
    recent: () => ({ count: 0 }),
    ...differences,
  };
}

const CHINA: ProviderTraits = {
  batch: 1000,
  perSecond: 1000,
  dayOffsetMs: 8 * HOUR,
  hours: { marketing: [7, 23] },
};

export function traits(provider: string): ProviderTraits | undefined {
  if (provider === 'unknown') return undefined;
  return provider === 'vivo' ? CHINA : { batch: 1, perSecond: 1000 };
}
