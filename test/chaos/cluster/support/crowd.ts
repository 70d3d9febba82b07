import type { Client, ClientOptions } from '../../../support/clients/client.js';
import { openClient, type TransportName } from '../../../support/clients/index.js';
import { eventually } from '../../../support/eventually.js';
import type { Cluster } from './cluster.js';
import type { Ledger } from './ledger.js';

export interface CrowdOptions {
  readonly clients: number;
  /** A user may have more than one. */
  readonly users: number;
  readonly transports: readonly TransportName[];
  readonly random: () => number;
  readonly sabotage?: ClientOptions['sabotage'];
  readonly backoff?: ClientOptions['backoff'];
}

/** One client, and the node it is connected to or tries next. */
interface Member {
  readonly client: Client;
  node: number;
}

const AT_ONCE = 40;

/** The clients of a run. Each takes a node at random, dead ones not left out, and another one when that is gone. */
export class Crowd {
  private constructor(
    private readonly members: readonly Member[],
    private readonly byUser: ReadonlyMap<string, readonly string[]>,
  ) {}

  static async gather(cluster: Cluster, ledger: Ledger, options: CrowdOptions): Promise<Crowd> {
    const { clients, users, transports, random, sabotage, backoff = { baseMs: 200, capMs: 1_000 } } = options;
    // Of this run alone: another one may have been on the same database.
    const tag = Math.random().toString(36).slice(2, 8);
    const names = Array.from({ length: users }, (_, n) => `${tag}-u${n}`);
    const tokens = new Map<string, string>();
    for (const name of names) tokens.set(name, await cluster.token(name));
    const byUser = new Map<string, string[]>();
    const members = Array.from({ length: clients }, (_, n): Member => {
      const user = names[n % users] ?? '';
      const device = `d${Math.floor(n / users)}-${user}`;
      const transport = transports[n % transports.length] ?? 'websocket';
      const member: { client?: Client; node: number } = { node: 0 };
      const client = openClient(transport, {
        user,
        device,
        token: tokens.get(user) ?? '',
        random,
        sabotage,
        backoff,
        // Asked at every attempt; a long poll asks at each request and stays where it is.
        get port() {
          if (member.client?.isConnected !== true) member.node = Math.floor(random() * cluster.nodes.length);
          const node = cluster.node(member.node);
          return transport === 'mqtt' ? node.mqttPort : node.port;
        },
      });
      member.client = client;
      client.onEntry = ({ s, epoch, seq, data }) =>
        ledger.callback(client.name, (data as { m: string }).m, { stream: s, epoch, seq });
      byUser.set(user, [...(byUser.get(user) ?? []), client.name]);
      return member as Member;
    });
    return new Crowd(members, byUser);
  }

  get users(): string[] {
    return [...this.byUser.keys()];
  }
  get size(): number {
    return this.members.length;
  }
  get connected(): number {
    return this.members.filter(({ client }) => client.isConnected).length;
  }
  get reconnects(): number {
    return this.members.reduce((sum, { client }) => sum + client.reconnects, 0);
  }
  get problems(): string[] {
    return this.members.flatMap(({ client }) => client.problems);
  }
  /** Close codes that were heard, counted. */
  get codes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { client } of this.members) for (const code of client.codes) counts[code] = (counts[code] ?? 0) + 1;
    return counts;
  }

  /** Of these, WebSocket clients that were never told this. */
  untold(names: readonly string[], code: number): string[] {
    return this.members
      .filter(({ client }) => names.includes(client.name) && client.transport === 'websocket')
      .filter(({ client }) => !client.codes.includes(code))
      .map(({ client }) => client.name);
  }

  devicesOf(users: readonly string[]): string[] {
    return users.flatMap((user) => this.byUser.get(user) ?? []);
  }

  /** Names of those that are connected to this node now. */
  on(node: number): string[] {
    return this.members.filter((one) => one.node === node && one.client.isConnected).map(({ client }) => client.name);
  }

  async connect(): Promise<void> {
    const waiting = this.members.map(({ client }) => client);
    const next = async (): Promise<void> => {
      for (let client = waiting.pop(); client; client = waiting.pop()) await client.connect();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** About so many of them lose their connection and take a node at random again. */
  shuffle(part: number, random: () => number): void {
    for (const { client } of this.members) {
      if (random() >= part) continue;
      client.drop();
      void client.connect();
    }
  }

  /** Resolves with how long it took until all were connected again, in milliseconds. */
  async whole(patienceMs: number): Promise<number> {
    const begin = performance.now();
    await eventually(() => this.connected === this.size, patienceMs).catch(() => undefined);
    return performance.now() - begin;
  }

  disband(): void {
    for (const { client } of this.members) client.close();
  }
}
