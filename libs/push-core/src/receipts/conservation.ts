import { FAN_OUT } from '../intake/spread.js';
import type { Message } from '../model/message.js';
import { isTopic, userOf } from '../model/stream.js';
import type { MessageRef, Place } from '../store/message-store.js';
import type { Store } from '../store/store.js';

/** What an accepted entry may have become. Each is in one state, the first that fits. */
export const FATES = ['recalled', 'delivered', 'notified', 'dead', 'expired', 'erased', 'pending'] as const;
export type Fate = (typeof FATES)[number];

/** A message as its publisher was answered: so many entries were accepted for it. */
export interface AcceptedMessage extends MessageRef {
  readonly entries: number;
  /** Where they are, as far as that was known when it was accepted. */
  readonly places: readonly Place[];
}

/** What is found of the entries of one message; what is in none of the states is missing. */
export interface Found {
  readonly fates: Readonly<Record<Fate, number>>;
  readonly places: readonly Place[];
}

interface Sought {
  readonly of: AcceptedMessage;
  readonly fates: Record<Fate, number>;
  readonly places: readonly Place[];
  /** Undefined where it is no longer kept. */
  readonly message?: Message;
}

/** An entry that no cursor has reached. */
interface Open {
  readonly of: Sought;
  readonly place: Place;
}

/**
 * Looks in the store for every entry of these messages: the law is that what was accepted is delivered, notified, recalled, expired, dead,
 * erased or still pending. `pending` is nothing that is left over: the entry was read from its stream. In their order.
 */
export async function findEntries(
  store: Store,
  accepted: readonly AcceptedMessage[],
  now: number,
): Promise<readonly Found[]> {
  const sought = await seek(store, accepted);
  const open: Open[] = [];
  for (const [tenant, mine] of byTenant(sought)) {
    const asked = mine.flatMap((of) => of.places.map((place) => ({ of, place })));
    const places = asked.map(({ place }) => place);
    const reached = places.length === 0 ? [] : await store.cursors.reached(tenant, places);
    for (const [at, { of, place }] of asked.entries()) {
      if (of.message?.recalledAt !== undefined) of.fates.recalled++;
      else if (await isReached(store, tenant, place, reached[at] ?? 0)) of.fates.delivered++;
      else open.push({ of, place });
    }
  }
  const kept = await areKept(store, open);
  for (const [at, { of, place }] of open.entries()) {
    const told = await toldOf(store, of, place);
    const where = kept[at] ?? 'lost';
    if (told) of.fates[told]++;
    else if (where === 'lost') continue;
    else if (where === 'pending' && of.message && of.message.expiresAt <= now) of.fates.expired++;
    else of.fates[where]++;
  }
  return sought;
}

async function seek(store: Store, accepted: readonly AcceptedMessage[]): Promise<readonly Sought[]> {
  if (accepted.length === 0) return [];
  const found = await store.messages.findAll(accepted.map(({ tenant, id }) => ({ tenant, id })));
  return Promise.all(
    accepted.map(async (of, at) => {
      const stored = found[at];
      // Retention takes the message along with its last entry.
      const places = stored && stored.places.length >= of.places.length ? stored.places : of.places;
      const fates: Sought['fates'] = {
        recalled: 0,
        delivered: 0,
        notified: 0,
        dead: 0,
        expired: 0,
        erased: 0,
        pending: 0,
      };
      if (stored && places.length < of.entries) fates.pending = await stillToCome(store, of);
      return { of, fates, places, message: stored?.message };
    }),
  );
}

function byTenant(sought: readonly Sought[]): Map<string, Sought[]> {
  const tenants = new Map<string, Sought[]>();
  for (const one of sought) {
    const mine = tenants.get(one.of.tenant);
    if (mine) mine.push(one);
    else tenants.set(one.of.tenant, [one]);
  }
  return tenants;
}

/** Of a long audience: entries that its job has not made yet. */
async function stillToCome(store: Store, { tenant, id }: MessageRef): Promise<number> {
  const job = await store.jobs.find({ tenant, kind: FAN_OUT, id });
  return job ? job.size - job.position : 0;
}

/** A user's own entry by that user, a topic's by everybody who subscribes; who follows everybody's stream nobody knows. */
async function isReached(store: Store, tenant: string, { stream }: Place, users: number): Promise<boolean> {
  if (users === 0 || userOf(stream) !== undefined) return users > 0;
  return isTopic(stream) && users >= (await store.topics.count(tenant, stream));
}

/** What its notifications say, where it asked for some. */
async function toldOf(store: Store, { message }: Sought, { stream }: Place): Promise<Fate | undefined> {
  const user = userOf(stream);
  if (user === undefined || !message?.notification) return undefined;
  const rows = await store.notifications.find(message.tenant, message.id, { user, limit: 100 });
  if (rows.some(({ state }) => state === 'accepted')) return 'notified';
  if (rows.some(({ state }) => state === 'waiting' || state === 'sending')) return undefined;
  return rows.some(({ state }) => state === 'dead' || state === 'failed') ? 'dead' : undefined;
}

/**
 * Whether the entry is where it was put. `expired`: retention has removed it, which its followers are told as a gap; `erased`: the stream has
 * begun anew since.
 */
async function areKept(store: Store, open: readonly Open[]): Promise<readonly (Fate | 'lost')[]> {
  if (open.length === 0) return [];
  const pages = await store.messages.read(
    open.map(({ of, place }) => ({ tenant: of.of.tenant, stream: place.stream, after: place.seq - 1, limit: 1 })),
  );
  return open.map(({ of, place }, at) => {
    const page = pages[at];
    if (!page) return 'lost';
    if (page.epoch !== place.epoch) return 'erased';
    const [entry] = page.entries;
    if (entry?.seq === place.seq && entry.message.id === of.of.id) return 'pending';
    return page.first > place.seq && page.head >= place.seq ? 'expired' : 'lost';
  });
}
