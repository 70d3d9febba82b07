import type { Estate } from './estate.js';
import { newFamily, PrivateRabbit } from './rabbit.js';

/** Brokers that are one: what is declared quorum lies on a majority of them. Takes most of a minute to start. */
export class PrivateRabbitCluster {
  private constructor(readonly nodes: readonly PrivateRabbit[]) {}

  static async start(estate: Estate, count = 3): Promise<PrivateRabbitCluster> {
    const family = await newFamily(estate);
    const nodes: PrivateRabbit[] = [];
    for (let n = 0; n < count; n++) nodes.push(await PrivateRabbit.start(estate, family));
    const [first, ...others] = nodes;
    for (const node of others) {
      await node.control('stop_app');
      await node.control('join_cluster', first?.name ?? '');
      await node.control('start_app');
    }
    return new PrivateRabbitCluster(nodes);
  }

  /** The broker that leads this queue. */
  async leaderOf(queue: string): Promise<PrivateRabbit> {
    for (const node of this.nodes) {
      const rows = await node.control('list_queues', 'name', 'leader').catch(() => '');
      const leader = rows
        .split('\n')
        .map((row) => row.split('\t'))
        .find(([name]) => name === queue)?.[1];
      const found = this.nodes.find(({ name }) => name === leader?.trim());
      if (found) return found;
    }
    throw new Error(`no broker knows who leads ${queue}`);
  }
}
