import type { Options } from 'amqplib';
import type { Deadline } from './deadline.js';
import { Lane, type LaneWork, type Opening } from './lane.js';
import type { Session } from './session.js';
import { troubleText } from './trouble.js';
import type { Tuning } from './tuning.js';

export interface Publication {
  /** Empty: the default exchange, where the key is the name of a queue. */
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  readonly options: Options.Publish;
}

/**
 * `confirmed`: it is in every queue it goes to, durably where both are durable. `returned`: there is no such queue.
 * `refused`: the broker has no place for it. `lost`: the amqpChannel was, before an answer. `late`: no answer in time; it
 * may still arrive. `crowded`: too many wait already. `unencodable`: its
 * properties are not what AMQP can carry. Of a publication that is not mandatory nobody hears that it was returned.
 */
export type PublishOutcome = 'confirmed' | 'returned' | 'refused' | 'lost' | 'late' | 'crowded' | 'unencodable';

interface Unconfirmed {
  readonly opening: Opening;
  readonly since: number;
  returned: boolean;
  readonly settle: (outcome: PublishOutcome) => void;
}

/** Tells returned publications apart; they come back with their headers. */
export const PUBLICATION_HEADER = 'x-push-publication';
/** What the driver throws on values that do not fit. */
const ENCODING_ERRORS: ReadonlySet<string> = new Set(['TypeError', 'RangeError']);
/** So many callers wait for a place in the window; the next ones are refused at once. */
const WAITING_MAX = 4096;

/**
 * Publishes on one lane, with never more than `window` unconfirmed, whatever becomes of those who wait for the answer: what
 * is given up on at a deadline still takes its place until the broker answers or the amqpChannel is gone.
 */
export class Publisher {
  readonly lane: Lane;
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  private readonly waiting = new Set<(opening: Opening) => void>();
  private numbers = 0;

  constructor(
    { name, prepare }: Pick<LaneWork, 'name' | 'prepare'>,
    private readonly session: Session,
    tuning: Tuning,
    private readonly window: number,
    /** There may be a place now. */
    private readonly freed: () => void = () => undefined,
  ) {
    this.lane = new Lane(
      {
        name,
        prepare: async (opening) => {
          opening.amqpChannel.on('return', ({ properties }) => this.markReturned(properties.headers));
          await prepare(opening);
        },
        lost: (opening) => this.lose(opening),
        changed: () => {
          session.stepped();
          this.serve();
        },
      },
      tuning,
    );
  }

  get unconfirmedCount(): number {
    return this.unconfirmed.size;
  }

  get hasPlace(): boolean {
    return this.place() !== undefined;
  }

  /** Undefined where there is no place, or no amqpChannel, now. */
  tryPublish(publication: Publication): Promise<PublishOutcome> | undefined {
    const opening = this.place();
    return opening && new Promise((settle) => this.publishOn(opening, publication, settle));
  }

  /** Waits for a place, in the order of the calls, and for the outcome, until the deadline. */
  publish(publication: Publication, deadline: Deadline): Promise<PublishOutcome> {
    return new Promise((resolve) => {
      let published = false;
      const finish = (outcome: PublishOutcome): void => {
        forget();
        this.waiting.delete(go);
        resolve(outcome);
      };
      const go = (opening: Opening): void => {
        published = true;
        this.publishOn(opening, publication, finish);
      };
      const forget = deadline.onPassed(() => {
        if (published) this.session.hear('overdue');
        finish('late');
      });
      if (deadline.passed) return finish('late');
      const opening = this.waiting.size === 0 ? this.place() : undefined;
      if (opening) go(opening);
      else if (this.waiting.size >= WAITING_MAX) finish('crowded');
      else this.waiting.add(go);
    });
  }

  /** So long the oldest waits for its confirm while the broker would take something; 0 where there is none. */
  overdueMs(): number {
    const [oldest] = this.unconfirmed.values();
    return oldest ? performance.now() - Math.max(oldest.since, this.session.clearSince) : 0;
  }

  private place(): Opening | undefined {
    return this.unconfirmed.size < this.window && !this.session.isBlocked ? this.lane.opening : undefined;
  }

  private publishOn(opening: Opening, publication: Publication, done: (outcome: PublishOutcome) => void): void {
    const { exchange, key, body, options } = publication;
    const id = String(++this.numbers);
    const headers = options.mandatory
      ? { ...(options.headers as object | undefined), [PUBLICATION_HEADER]: id }
      : (options.headers as object | undefined);
    const settle = (outcome: PublishOutcome): void => {
      if (!this.unconfirmed.delete(id)) return;
      done(outcome);
      if (outcome !== 'lost') this.serve();
    };
    const one: Unconfirmed = { opening, since: performance.now(), returned: false, settle };
    this.unconfirmed.set(id, one);
    const answered = (error: unknown): void => {
      if (!opening.live) return settle('lost');
      this.session.hear('confirmed');
      settle(error ? 'refused' : one.returned ? 'returned' : 'confirmed');
    };
    try {
      opening.amqpChannel.publish(exchange, key, body, { ...options, headers }, answered);
    } catch (thrown) {
      // What cannot be encoded was not begun; anything else is the amqpChannel's end.
      if (ENCODING_ERRORS.has((thrown as Error).name)) settle('unencodable');
      else this.lane.rebuild(troubleText(thrown));
    }
  }

  private markReturned(headers: Readonly<Record<string, unknown>> | undefined): void {
    const one = this.unconfirmed.get(String(headers?.[PUBLICATION_HEADER]));
    if (one) one.returned = true;
  }

  private lose(opening: Opening): void {
    for (const one of [...this.unconfirmed.values()]) if (one.opening === opening) one.settle('lost');
  }

  private serve(): void {
    for (const go of this.waiting) {
      const opening = this.place();
      if (!opening) return;
      this.waiting.delete(go);
      go(opening);
    }
    if (this.place()) this.freed();
  }
}
