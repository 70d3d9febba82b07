import { dice } from '../../../support/dice.js';
import type { EveryDoor } from './every-door.js';
import { Shown } from './shown.js';
import type { Way } from './visit.js';

export interface JourneyOptions {
  readonly door: EveryDoor;
  readonly ways: readonly Way[];
  readonly user: string;
  /** How often each way is taken; the order is drawn. */
  readonly rounds: number;
  readonly seed: number;
  /** Publishes a second. */
  readonly rate: number;
}

export interface JourneyReport {
  readonly published: number;
  /** Message numbers as the device showed them. */
  readonly shown: readonly number[];
  readonly problems: readonly string[];
  readonly repeats: number;
  /** New messages by way. */
  readonly byWay: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const DEVICE = 'd1';
const PATIENCE_MS = 20_000;

/** One device goes from client to client, cut off in the middle each time, while its messages keep coming. */
export async function journey({ door, ways, user, rounds, seed, rate }: JourneyOptions): Promise<JourneyReport> {
  const begin = performance.now();
  const random = dice(seed);
  const shown = new Shown();
  const byWay: Record<string, number> = {};
  // From here on it is a device that was seen: nothing published later is missed.
  await door.push.putDevice({ tenant: 'default', user, device: DEVICE }, { platform: 'web', tokens: [] });
  const publisher = new Publisher(door, user, rate);

  const stay = async (way: Way, isLast: boolean): Promise<void> => {
    const before = shown.messages.length;
    const { shake, cut } = await way.visit({
      door,
      user,
      device: DEVICE,
      token: () => door.token(user, DEVICE),
      show: (push) => shown.take(push, way.name),
    });
    try {
      await shown.more(1 + Math.floor(random() * 20), PATIENCE_MS, way.name);
      if (shake) {
        await shake();
        await shown.more(1 + Math.floor(random() * 20), PATIENCE_MS, `${way.name}, back by itself,`);
      }
      if (isLast) {
        await publisher.stop();
        const left = publisher.published - shown.messages.length;
        if (left > 0) await shown.more(left, PATIENCE_MS, way.name);
      }
    } finally {
      await cut();
      byWay[way.name] = (byWay[way.name] ?? 0) + shown.messages.length - before;
    }
  };
  try {
    const route = Array.from({ length: rounds }, () => shuffled(ways, random)).flat();
    for (const [at, way] of route.entries()) await stay(way, at === route.length - 1);
  } finally {
    await publisher.stop();
  }
  return {
    published: publisher.published,
    shown: shown.messages,
    problems: [...shown.problems, ...publisher.problems],
    repeats: shown.repeats,
    byWay,
    seconds: (performance.now() - begin) / 1000,
  };
}

/** A backend: one message after the other, each with its key, and every tenth sent twice as after a lost answer. */
class Publisher {
  published = 0;
  readonly problems: string[] = [];
  private readonly working: Promise<void>;
  private isStopping = false;

  constructor(
    private readonly door: EveryDoor,
    private readonly user: string,
    rate: number,
  ) {
    this.working = this.work(1000 / rate);
  }

  stop(): Promise<void> {
    this.isStopping = true;
    return this.working;
  }

  private async work(everyMs: number): Promise<void> {
    let next = performance.now();
    while (!this.isStopping) {
      const n = this.published + 1;
      const answers = await Promise.all(n % 10 === 0 ? [this.publish(n), this.publish(n)] : [this.publish(n)]);
      if (answers.some((status) => status !== 202))
        this.problems.push(`publishing ${n} was answered ${answers.join()}`);
      this.published = n;
      next += everyMs;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
  }

  private async publish(n: number): Promise<number> {
    const answer = await fetch(`${this.door.url}/v1/messages`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.door.apiKey}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': `${this.user}-${n}`,
      },
      body: JSON.stringify({ to: { users: [this.user] }, type: 'test', data: { n, text: 'é😀\n'.repeat(20) } }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}
