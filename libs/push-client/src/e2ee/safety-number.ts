import { joined } from './bytes.js';
import type { Primitives } from './primitives.js';

const GROUPS = 6;
const BYTES = 5;

/** 30 digits of a hash: 100 bits that people can read to each other. */
async function digits(primitives: Primitives, domain: string, about: Uint8Array): Promise<string> {
  const hash = await primitives.hash(domain, about);
  const groups = Array.from({ length: GROUPS }, (_, index) => {
    const number = hash.subarray(index * BYTES, (index + 1) * BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 100_000).padStart(5, '0');
  });
  return groups.join(' ');
}

interface Member {
  readonly user: string;
  readonly device: string;
  readonly sign: Uint8Array;
}

/** Of one device: compared where two devices lie side by side. */
export const fingerprintOf = (primitives: Primitives, { user, device, sign }: Member): Promise<string> =>
  digits(primitives, 'nest-push e2ee 1 fingerprint', joined(user, device, sign));

/** Of two users with all their devices: both see the same 60 digits, unless somebody shows them different devices. */
export async function safetyNumberOf(
  primitives: Primitives,
  users: readonly [string, string],
  members: readonly Member[],
): Promise<string> {
  const halves = [...users].sort().map((user) => {
    const own = members.filter((member) => member.user === user);
    const named = own.map(({ device, sign }) => ({ device, sign })).sort((a, b) => (a.device < b.device ? -1 : 1));
    return digits(
      primitives,
      'nest-push e2ee 1 safety number',
      joined(user, ...named.flatMap(({ device, sign }) => [device, sign])),
    );
  });
  return (await Promise.all(halves)).join(' ');
}
