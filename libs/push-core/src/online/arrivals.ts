import type { Clock } from '../clock/clock.js';
import type { DeviceRef, UserRef } from '../model/device.js';
import type { Position, StreamId, StreamRef, StreamState } from '../model/stream.js';
import type { CursorMove } from '../store/cursor-store.js';
import type { RecalledPlace } from '../store/message-store.js';
import type { DevicePresence } from '../store/presence-store.js';
import type { MarksRequest, ReadMark } from '../store/read-store.js';
import type { Store } from '../store/store.js';
import type { Follow, Subscription } from '../store/topic-store.js';
import type { Connection } from './connection.js';
import type { CursorBook } from './cursor-book.js';
import { Gather } from './gather.js';
import type { PresenceBook } from './presence-book.js';

/** Devices that are looked at in one turn of the event loop. */
const AT_ONCE = 64;

interface Question {
  readonly device: DeviceRef;
  readonly streams: readonly StreamRef[];
}

interface Standing {
  readonly cursors: ReadonlyMap<StreamId, Position>;
  /** In the order of the streams asked for. */
  readonly states: readonly StreamState[];
}

/** What a device listens to. */
interface Listening {
  readonly subscriptions: readonly Subscription[];
  readonly follows: readonly Follow[];
}

/** What the store is asked about devices that arrive, and told of them: for all that arrive together in one call. */
export class Arrivals {
  private readonly gate: Gather<void, void>;
  private readonly standings: Gather<Question, Standing>;
  private readonly beginnings: Gather<readonly CursorMove[], void>;
  private readonly presences: Gather<Connection, DevicePresence | undefined>;
  private readonly revocations: Gather<UserRef, number | undefined>;
  private readonly listenings: Gather<DeviceRef, Listening>;
  private readonly marks: Gather<MarksRequest, readonly ReadMark[]>;
  private readonly recalls: Gather<{ streams: readonly StreamRef[]; since: number }, readonly RecalledPlace[]>;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    book: CursorBook,
    presence: PresenceBook,
    /** Other nodes look for the device in the store: it is announced there before its streams are read. */
    announces: boolean,
  ) {
    this.gate = new Gather<void, void>(clock, AT_ONCE, async () => []);
    this.standings = new Gather<Question, Standing>(clock, AT_ONCE, async (asked) => {
      // Acknowledgements of an earlier connection, or from before a topic was left, may still be on their way to the store.
      if (asked.some(({ device }) => book.owes(device))) await book.flush();
      const [cursors, states] = await Promise.all([
        store.cursors.load(asked.map(({ device }) => device)),
        store.messages.states(asked.flatMap(({ streams }) => streams)),
      ]);
      let at = 0;
      return asked.map(({ streams }, i) => ({
        cursors: cursors[i] as ReadonlyMap<StreamId, Position>,
        states: states.slice(at, (at += streams.length)),
      }));
    });
    this.beginnings = new Gather<readonly CursorMove[], void>(clock, AT_ONCE, async (moves) => {
      await book.begin(moves.flat());
      return [];
    });
    this.presences = new Gather<Connection, DevicePresence | undefined>(clock, AT_ONCE, async (connections) => {
      if (connections.some((device) => presence.owes(device))) await presence.flush();
      const known = await this.presenceOf(connections);
      if (announces) await presence.announce(connections.filter((one) => !one.isOver));
      return known;
    });
    this.revocations = new Gather(clock, AT_ONCE, (users) => store.access.revokedAt(users));
    this.listenings = new Gather<DeviceRef, Listening>(clock, AT_ONCE, async (devices) => {
      const [subscriptions, follows] = await Promise.all([
        store.topics.subscriptions(devices),
        store.topics.follows(devices),
      ]);
      return devices.map((_, i) => ({ subscriptions: subscriptions[i] ?? [], follows: follows[i] ?? [] }));
    });
    this.marks = new Gather(clock, AT_ONCE, (asked) => store.reads.changedSince(asked));
    this.recalls = new Gather(clock, AT_ONCE, (asked) => this.recalledOf(asked));
  }

  /** Lets so many in a turn of the event loop. */
  enter(): Promise<void> {
    return this.gate.ask();
  }

  standing(device: DeviceRef, streams: readonly StreamRef[]): Promise<Standing> {
    return this.standings.ask({ device, streams });
  }

  /** Resolves when where the device begins is durable. */
  async begin(moves: readonly CursorMove[]): Promise<void> {
    if (moves.length > 0) await this.beginnings.ask(moves);
  }

  /**
   * Where it was connected last; undefined for a device that never was. From then on other nodes find it here: what they
   * append after that, they tell this node of.
   */
  announce(connection: Connection): Promise<DevicePresence | undefined> {
    return this.presences.ask(connection);
  }

  revokedAt(user: UserRef): Promise<number | undefined> {
    return this.revocations.ask(user);
  }

  listening(device: DeviceRef): Promise<Listening> {
    return this.listenings.ask(device);
  }

  changedSince(request: MarksRequest): Promise<readonly ReadMark[]> {
    return this.marks.ask(request);
  }

  recalledSince(streams: readonly StreamRef[], since: number): Promise<readonly RecalledPlace[]> {
    return this.recalls.ask({ streams, since });
  }

  private async presenceOf(devices: readonly DeviceRef[]): Promise<(DevicePresence | undefined)[]> {
    const found: (DevicePresence | undefined)[] = devices.map(() => undefined);
    const now = this.clock.now();
    for (const tenant of new Set(devices.map((one) => one.tenant))) {
      const mine = devices.flatMap((one, at) => (one.tenant === tenant ? [{ ...one, at }] : []));
      const loaded = await this.store.presence.load(
        tenant,
        mine.map((one) => one.user),
        now,
      );
      mine.forEach(({ at, device }, i) => (found[at] = loaded[i]?.find((one) => one.device === device)));
    }
    return found;
  }

  /** Since the earliest that anybody asks for, of every stream once: most of it is the same for all. */
  private async recalledOf(
    asked: readonly { streams: readonly StreamRef[]; since: number }[],
  ): Promise<(readonly RecalledPlace[])[]> {
    const streams = new Map<string, Map<StreamId, StreamRef>>();
    for (const one of asked.flatMap((each) => each.streams)) {
      const ofTenant = streams.get(one.tenant) ?? new Map<StreamId, StreamRef>();
      streams.set(one.tenant, ofTenant.set(one.stream, one));
    }
    const earliest = Math.min(...asked.map(({ since }) => since));
    const recalled = new Map<string, ReadonlyMap<StreamId, RecalledPlace[]>>();
    for (const [tenant, ofTenant] of streams) {
      const places = await this.store.messages.recalledSince([...ofTenant.values()], earliest);
      recalled.set(tenant, byStream(places));
    }
    return asked.map(({ streams: mine, since }) =>
      mine
        .flatMap(({ tenant, stream }) => recalled.get(tenant)?.get(stream) ?? [])
        .filter(({ at }) => at >= since)
        .sort((a, b) => a.at - b.at),
    );
  }
}

function byStream(places: readonly RecalledPlace[]): ReadonlyMap<StreamId, RecalledPlace[]> {
  const found = new Map<StreamId, RecalledPlace[]>();
  for (const place of places) {
    const mine = found.get(place.stream);
    if (mine) mine.push(place);
    else found.set(place.stream, [place]);
  }
  return found;
}
