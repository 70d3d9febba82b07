import { PushError } from '../errors.js';
import type { Events } from '../events.js';
import { isTopic, streamNamed, userStream, type StreamState } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import type { MarkRequest, Reader, Unread } from '../push.js';
import type { ReadMark, UnreadRequest } from '../store/read-store.js';

/** Sets read marks and counts what is unread. Who has to hear of a mark is told through `moved`. */
export class ReadBook {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly events: Events,
    private readonly moved: (mark: ReadMark, unread: number, device: string | undefined) => void,
  ) {}

  async mark(reader: Reader, { s, seq, thread }: MarkRequest): Promise<{ readonly unread: number }> {
    const { store, clock } = this.options;
    const { tenant, user, device } = reader;
    const stream = streamNamed(s, user);
    if (isTopic(stream)) await this.mustFollow(reader, stream);
    const [state] = (await store.messages.states([{ tenant, stream }])) as [StreamState];
    if (seq > state.head) {
      throw new PushError('INVALID', `"seq" is beyond the last entry of "${s}"`, { field: 'seq' });
    }
    const mark: ReadMark = { tenant, user, stream, thread, position: { epoch: state.epoch, seq }, at: clock.now() };
    const [isNews] = await store.reads.advance([mark]);
    const [unread = 0] = await this.unreadOf([mark]);
    if (isNews) {
      this.moved(mark, unread, device);
      this.events.emit('read', { tenant, user, device, stream: s, thread, seq, unread });
    }
    return { unread };
  }

  /** A host may mark anything; a device only what it follows or its user subscribes to. Else it could probe for topics. */
  private async mustFollow({ tenant, user, device }: Reader, topic: string): Promise<void> {
    if (device === undefined) return;
    const { cursors, topics } = this.options.store;
    const [known] = await cursors.load([{ tenant, user, device }]);
    if (known?.has(topic)) return;
    const [subscriptions] = await topics.subscriptions([{ tenant, user }]);
    if (subscriptions?.some((one) => one.topic === topic)) return;
    throw new PushError('NOT_FOUND', `This device does not follow "${topic}"`, { field: 's' });
  }

  /** For each mark, what is left: of its thread, or of the whole stream. */
  async unreadOf(marks: readonly ReadMark[]): Promise<readonly number[]> {
    if (marks.length === 0) return [];
    const now = this.options.clock.now();
    const counts = await this.options.store.reads.unread(
      marks.map(({ tenant, user, stream, thread }) => ({ tenant, user, stream, thread, now })),
    );
    return marks.map((_, i) => sum(counts[i]));
  }

  /** Over the user's own stream and every topic subscribed to. Broadcasts to everybody are nobody's unread message. */
  async unread({ tenant, user, device }: Reader): Promise<Unread> {
    const { store, clock } = this.options;
    const [subscriptions = []] = await store.topics.subscriptions([{ tenant, user }]);
    const now = clock.now();
    const requests: UnreadRequest[] = [
      { tenant, user, device, stream: userStream(user), now },
      ...subscriptions.map(({ topic, since }) => ({ tenant, user, device, stream: topic, since, now })),
    ];
    const counts = await store.reads.unread(requests);
    // Without a prototype: a thread may be called like one of its members.
    const threads = Object.create(null) as Record<string, number>;
    let total = 0;
    for (const byThread of counts) {
      for (const [thread, count] of byThread) {
        total += count;
        if (thread !== '') threads[thread] = (threads[thread] ?? 0) + count;
      }
    }
    return { total, threads };
  }
}

const sum = (counts: ReadonlyMap<string, number> | undefined): number =>
  [...(counts?.values() ?? [])].reduce((total, count) => total + count, 0);
