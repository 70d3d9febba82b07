import { dice } from '../../support/dice.js';
import { eventually } from '../../support/eventually.js';
import type { ChaosProxy } from '../../support/chaos-proxy.js';
import { check, type Fact, type Verdict } from '../../support/checker.js';
import type { Client, ClientOptions } from '../../support/clients/client.js';
import { openClient, type TransportName } from '../../support/clients/index.js';
import type { EngineServer } from './engine-server.js';

export interface Hand {
  readonly user: string;
  readonly device: string;
  readonly transport: TransportName;
  /** In front of the server. */
  readonly port: number;
  readonly via?: ChaosProxy;
}

export interface CrewOptions {
  readonly seed: number;
  readonly sabotage?: ClientOptions['sabotage'];
  readonly backoff?: ClientOptions['backoff'];
}

/** The clients of a run, what they saw, and what was published to them. */
export class Crew {
  readonly facts: Fact[] = [];
  readonly random: () => number;
  /** From published to shown, by conversation, in milliseconds. */
  readonly latencies = new Map<string, number[]>();
  private readonly byUser = new Map<string, string[]>();
  private readonly published = new Map<string, number>();
  private sequence = 0;
  /** Devices that what was accepted is for, and callbacks so far. */
  private owed = 0;
  private shown = 0;

  private constructor(
    private readonly server: EngineServer,
    readonly clients: readonly Client[],
    random: () => number,
  ) {
    this.random = random;
    for (const client of clients) {
      const { user } = client.options;
      this.byUser.set(user, [...(this.byUser.get(user) ?? []), client.name]);
      client.onEntry = ({ s, epoch, seq, data }) => {
        const { m } = data as { m: string };
        this.shown++;
        this.facts.push({ kind: 'callback', message: m, device: client.name, stream: s, epoch, seq });
        const at = this.published.get(m);
        if (at === undefined) return;
        const conversation = m.slice(0, m.lastIndexOf('-'));
        const seen = this.latencies.get(conversation) ?? [];
        seen.push(performance.now() - at);
        this.latencies.set(conversation, seen);
      };
    }
  }

  static async muster(server: EngineServer, hands: readonly Hand[], options: CrewOptions): Promise<Crew> {
    const random = dice(options.seed);
    const tokens = await server.ask('tokens', [...new Set(hands.map(({ user }) => user))]);
    const byUser = new Map([...new Set(hands.map(({ user }) => user))].map((user, i) => [user, tokens[i]!]));
    const clients = hands.map(({ transport, ...hand }) =>
      openClient(transport, { ...hand, ...options, token: byUser.get(hand.user)!, random }),
    );
    return new Crew(server, clients, random);
  }

  /** All of them, so many at a time. */
  async connect(atATime = 100): Promise<void> {
    const waiting = [...this.clients];
    const next = async (): Promise<void> => {
      for (let client = waiting.pop(); client; client = waiting.pop()) await client.connect();
    };
    await Promise.all(Array.from({ length: atATime }, next));
  }

  /** One message to each of these users; resolves when accepted. */
  async publish(users: readonly string[], conversation: string, more: Record<string, unknown> = {}): Promise<void> {
    const items = users.map((user) => {
      const order = this.sequence++;
      const message = `${conversation}-${order}`;
      this.facts.push({
        kind: 'attempt',
        message,
        devices: this.devicesOf([user]),
        conversation: `${conversation} ${user}`,
        order,
      });
      this.published.set(message, performance.now());
      return { to: { users: [user] }, type: 'chaos', thread: conversation, data: { m: message, ...more } };
    });
    for (let at = 0; at < items.length; at += 500) {
      const some = items.slice(at, at + 500);
      const accepted = await this.server.ask('publish', some);
      accepted.forEach((ok, i) => ok && this.accepted(some[i]!.data.m, some[i]!.to.users));
    }
  }

  /** `count` messages, each to all of these users, published by the server's own process; resolves when accepted. */
  async flood(users: string[], conversation: string, count: number, bytes: number): Promise<void> {
    const devices = this.devicesOf(users);
    for (let n = 0; n < count; n++) {
      this.facts.push({ kind: 'attempt', message: `${conversation}-${n}`, devices, conversation, order: n });
    }
    await this.server.ask('flood', { users, count, bytes, prefix: conversation });
    for (let n = 0; n < count; n++) this.accepted(`${conversation}-${n}`, users);
  }

  /** Resolves when everything accepted is shown, or when patience ends; the checker's word then. */
  async quiet(patienceMs: number): Promise<Verdict> {
    const isComplete = (): boolean => this.shown >= this.owed && check(this.facts).lost.length === 0;
    if (this.owed > 0) await eventually(isComplete, patienceMs).catch(() => undefined);
    return check(this.facts);
  }

  get problems(): string[] {
    return this.clients.flatMap((client) => client.problems);
  }
  get reconnects(): number {
    return this.clients.reduce((sum, client) => sum + client.reconnects, 0);
  }
  get connected(): number {
    return this.clients.filter((client) => client.isConnected).length;
  }

  private accepted(message: string, users: readonly string[]): void {
    this.facts.push({ kind: 'accepted', message });
    this.owed += this.devicesOf(users).length;
  }

  private devicesOf(users: readonly string[]): string[] {
    return users.flatMap((user) => this.byUser.get(user) ?? []);
  }

  disband(): void {
    for (const client of this.clients) client.close();
  }
}
