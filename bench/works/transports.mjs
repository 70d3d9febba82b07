// What each transport costs, beside the plain library of that transport: the works of before, with other contenders.
// Socket.IO's acknowledgements are one a message, so are MQTT's; SSE has none before the client comes back.
import { idleMemory } from './idle-memory.mjs';
import { singleUser } from './single-user.mjs';
import { topicBurst } from './topic-burst.mjs';
import { topicSteady } from './topic-steady.mjs';

const all = ['sse', 'sseLoop', 'oursSocketio', 'socketioAck', 'socketio', 'mqtt', 'aedes', 'mosquitto'];
const PEERS = [
  ['oursSocketio', 'socketioAck'],
  ['mqtt', 'aedes'],
];
const over = (work, changes) => ({ ...work, group: 'transports', ...changes });
const noneOf = (...left) => all.filter((name) => !left.includes(name));

const burst = over(topicBurst, {
  name: 'transport-burst',
  title: 'Topic burst: 100 messages to 1000 connections at once',
  contenders: all,
  headline: ['deliveriesPerSecond'],
  goals: [
    { of: 'sse', metric: 'deliveriesPerSecond', to: 'sseLoop', atLeast: 5 },
    ...PEERS.map(([of, to]) => ({ of, metric: 'deliveriesPerSecond', to, atLeast: 0.9 })),
  ],
  measure: (given) => topicBurst.measure({ ...given, settings: { ...given.settings, burstMessages: 100 } }),
});

const steady = over(topicSteady, {
  name: 'transport-steady',
  title: 'Topic, steady: 20 messages/s to 1000 connections',
  contenders: all,
  headline: ['p99Ms'],
  goals: [['sse', 'sseLoop'], ...PEERS].map(([of, to]) => ({ of, metric: 'p99Ms', to, atMost: 1.1 })),
  measure: (given) => topicSteady.measure({ ...given, settings: { ...given.settings, rate: 20, steadySeconds: 6 } }),
});

const single = over(singleUser, {
  name: 'transport-single',
  title: 'To single users, each acknowledged, 500 in flight',
  contenders: ['oursSocketio', 'socketioAck', 'mqtt', 'aedes'],
  goals: PEERS.map(([of, to]) => ({ of, metric: 'messagesPerSecond', to, atLeast: 0.9 })),
});

const idle = over(idleMemory, {
  name: 'transport-idle',
  title: 'Resident memory an idle authenticated connection',
  contenders: noneOf('mosquitto', 'socketioAck'),
  goals: [
    ['sse', 'sseLoop'],
    ['oursSocketio', 'socketio'],
    ['mqtt', 'aedes'],
  ].map(([of, to]) => ({ of, metric: 'kibPerConnection', to, atMost: 1.1 })),
});

export const transportWorks = [burst, steady, single, idle];
