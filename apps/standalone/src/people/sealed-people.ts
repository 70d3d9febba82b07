import type { KeyRing } from '../ring/key-ring.js';
import type { SealedPlace } from '../ring/reseal-all.js';
import type { PeopleStore } from './people-store.js';
import { totpAad } from './totp.js';

/** The secrets of authenticator apps. One that was shown and not confirmed is let go: it takes a minute to show another. */
export const sealedPeople = (people: PeopleStore, ring: KeyRing): SealedPlace => ({
  name: 'people',
  async reseal() {
    const counts = { resealed: 0, kept: 0 };
    for (const { id, totp } of await people.people()) {
      if (totp === undefined) continue;
      if (ring.isCurrent(totp)) {
        counts.kept++;
        continue;
      }
      await people.change(id, { totp: ring.seal(ring.open(totp, totpAad(id)), totpAad(id)), totpNext: null });
      counts.resealed++;
    }
    return counts;
  },
});
