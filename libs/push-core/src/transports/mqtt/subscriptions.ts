import type { StreamName } from '../../wire.js';
import type { ClientPacket } from './client-packets.js';
import type { Events } from './events.js';
import { REASON, subscribeCode } from './reason-codes.js';
import type { Session } from './sessions.js';
import { wishOf } from './topic-names.js';

/** Filters in one packet; the others are told to come again. */
const FILTERS = 256;

/** What subscribing needs of the connection. */
export interface SubscriptionPort {
  readonly events: Events;
  /** The device follows the topic already. */
  follows(topic: StreamName): boolean;
  /** Hands frames to the core, a line each. */
  ask(lines: string): void;
  suback(messageId: number, codes: readonly number[], why: string | undefined): void;
  unsuback(messageId: number, codes: readonly number[]): void;
}

/** One SUBSCRIBE or UNSUBSCRIBE, answered when the core has answered for each of its topics. */
interface Request {
  readonly cmd: 'subscribe' | 'unsubscribe';
  readonly messageId: number;
  readonly codes: number[];
  waiting: number;
  why?: string;
}

/**
 * What a connection's client subscribed to.
 *
 * `me` stands for the device: it opens its own stream, everybody's, and all topics it follows. `t/<topic>` makes the
 * device follow one more, which outlives the session; `all` is for those who want nothing else. `events` is for what
 * has no place in a stream.
 */
export class Subscriptions {
  me = false;
  all = false;
  readonly topics = new Set<StreamName>();
  private lastId = 0;
  private readonly asked = new Map<number, { request: Request; at: number; topic: StreamName }>();

  constructor(private readonly port: SubscriptionPort) {}

  /** The stream's entries may leave. */
  isOpen(stream: StreamName): boolean {
    if (this.me) return true;
    return stream === '@all' ? this.all : this.topics.has(stream);
  }

  restore({ me, all, events, topics }: Session): void {
    this.me = me;
    this.all = all;
    if (events) this.port.events.subscribe();
    for (const topic of topics) this.topics.add(topic);
  }

  memory(): Omit<Session, 'lanes'> {
    const { me, all, topics, port } = this;
    return { me, all, events: port.events.areSubscribed, topics: [...topics] };
  }

  subscribe({ messageId = 0, subscriptions = [] }: ClientPacket): void {
    const request: Request = { cmd: 'subscribe', messageId, codes: [], waiting: 0 };
    const lines = subscriptions.map(({ topic, qos }, at) => {
      if (at >= FILTERS) return this.settle(request, REASON.quota, `${FILTERS} topic filters in one packet at most`);
      return this.wish(request, topic, qos);
    });
    this.put(request, lines);
  }

  unsubscribe({ messageId = 0, unsubscriptions = [] }: ClientPacket): void {
    const request: Request = { cmd: 'unsubscribe', messageId, codes: [], waiting: 0 };
    const lines = unsubscriptions.map((filter, at) => {
      if (at >= FILTERS) return this.settle(request, REASON.quota);
      const wish = wishOf(filter);
      if (wish.kind === 'topic') {
        if (this.port.follows(wish.topic)) return this.question(request, 'unfollow', wish.topic);
        return this.settle(request, REASON.noSubscription);
      }
      return this.settle(
        request,
        wish.kind !== 'refused' && this.end(wish.kind) ? REASON.success : REASON.noSubscription,
      );
    });
    this.put(request, lines);
  }

  /** The core did what it was asked. */
  done(id: number): { readonly what: 'follow' | 'unfollow'; readonly topic: StreamName } | undefined {
    const asked = this.asked.get(id);
    if (!asked) return undefined;
    const { request, topic } = asked;
    const isFollow = request.cmd === 'subscribe';
    if (isFollow) this.topics.add(topic);
    else this.topics.delete(topic);
    this.answered(id, isFollow ? REASON.grantedQos1 : REASON.success);
    return { what: isFollow ? 'follow' : 'unfollow', topic };
  }

  failed(id: number, code: string, why: string): void {
    this.answered(id, subscribeCode(code), why);
  }

  private answered(id: number, code: number, why?: string): void {
    const asked = this.asked.get(id);
    if (!asked) return;
    this.asked.delete(id);
    const { request, at } = asked;
    request.codes[at] = code;
    request.why ??= why;
    request.waiting--;
    this.answerIfDone(request);
  }

  private wish(request: Request, filter: string, qos: number): string | undefined {
    const wish = wishOf(filter);
    if (wish.kind === 'refused') return this.settle(request, wish.code, wish.why);
    if (wish.kind === 'events') {
      this.port.events.subscribe();
      return this.settle(request, REASON.success);
    }
    // Delivered is what was acknowledged, and QoS 0 acknowledges nothing.
    if (qos === 0)
      return this.settle(request, REASON.implementation, 'subscribe with QoS 1: QoS 0 acknowledges nothing');
    if (wish.kind === 'topic') {
      if (!this.port.follows(wish.topic)) return this.question(request, 'follow', wish.topic);
      this.topics.add(wish.topic);
    } else this[wish.kind] = true;
    return this.settle(request, REASON.grantedQos1);
  }

  /** False when it had not begun. */
  private end(what: 'me' | 'all' | 'events'): boolean {
    const { events } = this.port;
    const was = what === 'events' ? events.areSubscribed : this[what];
    if (what === 'events') events.unsubscribe();
    else this[what] = false;
    return was;
  }

  /** Answers one filter at once; there is nothing to ask the core. */
  private settle(request: Request, code: number, why?: string): undefined {
    request.codes.push(code);
    request.why ??= why;
    return undefined;
  }

  private question(request: Request, op: 'follow' | 'unfollow', topic: StreamName): string {
    const id = ++this.lastId;
    this.asked.set(id, { request, at: request.codes.push(REASON.unspecified) - 1, topic });
    request.waiting++;
    return JSON.stringify({ op, s: topic, id });
  }

  private put(request: Request, lines: readonly (string | undefined)[]): void {
    const questions = lines.filter((line) => line !== undefined);
    if (questions.length > 0) this.port.ask(questions.join('\n'));
    else this.answerIfDone(request);
  }

  private answerIfDone({ cmd, messageId, codes, waiting, why }: Request): void {
    if (waiting > 0) return;
    if (cmd === 'subscribe') this.port.suback(messageId, codes, why);
    else this.port.unsuback(messageId, codes);
  }
}
