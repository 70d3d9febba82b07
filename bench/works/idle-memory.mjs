// Resident memory of one more idle, authenticated connection: the slope between two numbers of connections, each measured
// after several full collections.
import { pause } from '../lib/answers.mjs';

export const idleMemory = {
  name: 'idle-memory',
  title: 'Resident memory an idle authenticated connection',
  contenders: ['memory', 'sqlite', 'ws', 'socketio', 'uws'],
  metrics: {
    kibPerConnection: { title: 'resident a connection', better: 'less', unit: 'KiB' },
    heapKibPerConnection: { title: 'of it JavaScript heap', better: 'less', unit: 'KiB' },
  },
  headline: ['kibPerConnection'],
  goals: ['memory', 'sqlite'].map((of) => ({ of, metric: 'kibPerConnection', atMost: 11 })),
  nodeArgs: ['--expose-gc'],

  async measure({ server, load, contender, settings }) {
    const { idleFrom, idleTo } = settings;
    const address = await server.ask('listen', {});
    const open = { speak: contender.speak, ...address, stream: '@me', window: 256, ackDelayMs: 0 };
    const settled = async (to) => {
      await load.ask('open', { ...open, to });
      await pause(1000);
      const count = await server.ask('connections');
      if (count !== to) throw new Error(`${count} connections instead of ${to}`);
      return server.ask('rss');
    };
    const few = await settled(idleFrom);
    const many = await settled(idleTo);
    const slope = (key) => (many[key] - few[key]) / (idleTo - idleFrom) / 1024;
    return {
      kibPerConnection: slope('rss'),
      heapKibPerConnection: slope('heapUsed'),
      externalKibPerConnection: slope('external'),
    };
  },
};
