import { steadyPort } from '../../../services/ports.js';
import type { Estate } from '../../../services/estate.js';
import { ClusterNode } from './cluster-node.js';

export interface ClusterOptions {
  readonly nodes: number;
  /** As an operator would write it. */
  readonly database: string;
  readonly broker?: string;
  /** Where it differs from node to node. */
  readonly brokerOf?: (node: number) => string | undefined;
  readonly databaseOf?: (node: number) => string;
  readonly env?: Readonly<Record<string, string>>;
  readonly envOf?: (node: number) => Readonly<Record<string, string>>;
}

/** The standalone server, several times on one database and one broker. */
export class Cluster {
  private constructor(
    readonly nodes: readonly ClusterNode[],
    readonly key: string,
  ) {}

  static async start(estate: Estate, options: ClusterOptions): Promise<Cluster> {
    const nodes: ClusterNode[] = [];
    for (let n = 0; n < options.nodes; n++) {
      const node = new ClusterNode(estate, {
        name: `n${n}`,
        port: await steadyPort(),
        mqttPort: await steadyPort(),
        database: options.databaseOf?.(n) ?? options.database,
        broker: options.brokerOf?.(n) ?? options.broker,
        env: { ...options.env, ...options.envOf?.(n) },
      });
      estate.later(() => node.remove());
      nodes.push(node);
    }
    const [first, ...others] = nodes;
    if (!first) throw new Error('a cluster of no nodes');
    // The first start makes the tables.
    await first.start();
    await Promise.all(others.map((node) => node.start()));
    return new Cluster(nodes, first.key);
  }

  node(n: number): ClusterNode {
    const node = this.nodes[n];
    if (!node) throw new Error(`there is no node ${n}`);
    return node;
  }

  get running(): ClusterNode[] {
    return this.nodes.filter(({ isRunning }) => isRunning);
  }

  async token(user: string): Promise<string> {
    const answer = await this.node(0).call('POST', '/v1/tokens', { body: { user } });
    if (answer.status !== 201) throw new Error(`tokens answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return (answer.body as { token: string }).token;
  }

  residentBytes(): number[] {
    return this.nodes.map((node) => node.residentBytes());
  }

  /** Ends that nobody asked for, and errors that were written down as unexpected. */
  get crashes(): string[] {
    return this.nodes.flatMap(({ name, output, ends }) => [
      ...ends
        .filter(({ signal, code }) => signal === null && code !== 0)
        .map(({ code }) => `${name} ended with ${code}`),
      ...output
        .split('\n')
        .filter((line) => /unexpected error|unhandledRejection/i.test(line))
        .map((line) => `${name}: ${line.slice(0, 300)}`),
    ]);
  }
}
