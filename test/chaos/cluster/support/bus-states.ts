import type { Cluster } from './cluster.js';

/** What each running node says about its broker: `up`, `down`, `blocked`; or `silent` where it says nothing at all. */
export function busStates(cluster: Cluster): Promise<string[]> {
  return Promise.all(
    cluster.running.map(async (node) => {
      const answer = await node.call('GET', '/readyz', { key: null }).catch(() => undefined);
      const { status, degraded } = (answer?.body ?? {}) as { status?: string; degraded?: readonly string[] };
      if (status === 'ready') return 'up';
      return degraded?.find((one) => one.startsWith('broker '))?.slice('broker '.length) ?? 'silent';
    }),
  );
}
