// 500 messages to 1000 connections at once. The time runs from the first publish until the last delivery is there: for nest-push
// until the server has the last acknowledgement (all entries stored before), for peers until the generator has received all.
import { pause } from '../lib/answers.mjs';

export const topicBurst = {
  name: 'topic-burst',
  title: 'Topic burst: 500 messages to 1000 connections at once',
  contenders: ['memory', 'sqlite', 'ws', 'socketio', 'uws', 'uwsLoop'],
  metrics: {
    deliveriesPerSecond: { title: 'deliveries/s', better: 'more', unit: '/s' },
    cpuMicrosPerDelivery: { title: 'server CPU a delivery', better: 'less', unit: 'µs' },
  },
  headline: ['deliveriesPerSecond'],
  goals: ['memory', 'sqlite'].flatMap((of) => [
    { of, metric: 'deliveriesPerSecond', to: 'ws', atLeast: 20 },
    { of, metric: 'deliveriesPerSecond', to: 'uwsLoop', atLeast: 15 },
    { of, metric: 'deliveriesPerSecond', to: 'uws', atLeast: 15 },
  ]),

  async measure({ server, load, contender, settings }) {
    const { connections, burstMessages, burstWarmMs } = settings;
    const address = await server.ask('listen', { subscribers: connections });
    await load.ask('open', {
      speak: contender.speak,
      ...address,
      to: connections,
      stream: 'bench',
      window: 1024,
      ackDelayMs: 20,
    });
    let total = 0;
    const burst = async (messages) => {
      total += messages * connections;
      const [sent, received] = await Promise.all([server.ask('burst', { messages }), load.ask('until', { total })]);
      return { ...sent, receivedAt: received.at };
    };
    const warmUntil = Date.now() + burstWarmMs;
    do await burst(burstMessages / 5);
    while (Date.now() < warmUntil);
    await pause(500);

    const before = await server.ask('cpu');
    const { startedAt, acknowledgedAt, receivedAt } = await burst(burstMessages);
    const after = await server.ask('cpu');
    const { duplicates } = await load.ask('report');
    const deliveries = burstMessages * connections;
    const micros = (acknowledgedAt ?? receivedAt) - startedAt;
    return {
      deliveriesPerSecond: (deliveries / micros) * 1e6,
      cpuMicrosPerDelivery: (after.user + after.system - before.user - before.system) / deliveries,
      receivedMs: (receivedAt - startedAt) / 1000,
      duplicates,
    };
  },
};
