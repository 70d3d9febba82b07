// To one user after the other, 500 in flight, each acknowledged by its client at once. nest-push stores before it sends.
export const singleUser = {
  name: 'single-user',
  title: 'To single users, each acknowledged, 500 in flight',
  contenders: ['memory', 'sqlite', 'socketio'],
  metrics: {
    messagesPerSecond: { title: 'messages/s', better: 'more', unit: '/s' },
    cpuMicrosPerMessage: { title: 'server CPU a message', better: 'less', unit: 'µs' },
  },
  headline: ['messagesPerSecond'],
  goals: [
    { of: 'memory', metric: 'messagesPerSecond', to: 'socketio', atLeast: 2.5 },
    { of: 'sqlite', metric: 'messagesPerSecond', to: 'socketio', atLeast: 1.5 },
  ],

  async measure({ server, load, contender, settings }) {
    const { connections, inFlight, singleWarmMs, singleMeasureMs } = settings;
    const address = await server.ask('listen', {});
    const open = {
      speak: contender.speak,
      ...address,
      to: connections,
      stream: '@me',
      window: 1024,
      ackDelayMs: 0,
      exact: false,
    };
    await load.ask('open', open);
    const loadBefore = await load.ask('cpu');
    const { messages, micros, cpuMicros, total } = await server.ask('single', {
      users: connections,
      inFlight,
      warmMs: singleWarmMs,
      measureMs: singleMeasureMs,
    });
    const loadAfter = await load.ask('cpu');
    const { duplicates } = await load.ask('until', { total });
    return {
      messagesPerSecond: (messages / micros) * 1e6,
      cpuMicrosPerMessage: cpuMicros / messages,
      generatorCpuMicrosPerMessage: (loadAfter.user + loadAfter.system - loadBefore.user - loadBefore.system) / total,
      duplicates,
    };
  },
};
