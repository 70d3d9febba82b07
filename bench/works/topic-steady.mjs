// 40 messages a second to 1000 connections, so far apart that there is nothing to join.
import { pause } from '../lib/answers.mjs';

const ACK_DELAY_MS = 250;

export const topicSteady = {
  name: 'topic-steady',
  title: 'Topic, steady: 40 messages/s to 1000 connections',
  contenders: ['memory', 'sqlite', 'ws', 'socketio', 'uws'],
  metrics: {
    p99Ms: { title: 'latency p99', better: 'less', unit: 'ms' },
    p50Ms: { title: 'latency p50', better: 'less', unit: 'ms' },
    cpuMicrosPerDelivery: { title: 'server CPU a delivery', better: 'less', unit: 'µs' },
  },
  headline: ['p99Ms', 'cpuMicrosPerDelivery'],
  goals: ['memory', 'sqlite'].flatMap((of) => [
    { of, metric: 'p99Ms', to: 'ws', atMost: 1 },
    { of, metric: 'cpuMicrosPerDelivery', to: 'ws', atMost: 0.7 },
  ]),

  async measure({ server, load, contender, settings }) {
    const { connections, rate, steadySeconds } = settings;
    const address = await server.ask('listen', { subscribers: connections });
    const open = {
      speak: contender.speak,
      ...address,
      to: connections,
      stream: 'bench',
      window: 1024,
      ackDelayMs: ACK_DELAY_MS,
    };
    await load.ask('open', open);
    const warm = await server.ask('steady', { rate, seconds: 2 });
    await load.ask('until', { total: warm.messages * connections });
    await pause(ACK_DELAY_MS + 250);

    await load.ask('latencyBegin');
    const before = await server.ask('cpu');
    const { messages, late } = await server.ask('steady', { rate, seconds: steadySeconds });
    await load.ask('until', { total: (warm.messages + messages) * connections });
    await pause(ACK_DELAY_MS + 50); // the last acknowledgements cost too
    const after = await server.ask('cpu');
    const { p50, p99, worst } = await load.ask('latencyEnd');
    const { duplicates } = await load.ask('report');
    return {
      p99Ms: p99,
      p50Ms: p50,
      cpuMicrosPerDelivery: (after.user + after.system - before.user - before.system) / (messages * connections),
      worstMs: worst,
      late,
      duplicates,
    };
  },
};
