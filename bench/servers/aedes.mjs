// aedes with its own in-memory persistence; published from inside the process, QoS 1.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { serve, userIndex } from './serve.mjs';

serve(({ acknowledged, fail }) => {
  let aedes;
  let pending = 0;
  let done = () => {};
  const tell = (error) => error && fail(error);
  const publish = (topic, payload) =>
    aedes.publish(
      { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(payload)), qos: 1, retain: false },
      tell,
    );
  return {
    async listen() {
      aedes = await Aedes.createBroker({ concurrency: 100_000, maxClientsIdLength: 64 });
      aedes.authenticate = (client, username, password, callback) =>
        callback(null, userIndex(password?.toString()) !== undefined);
      // The event does not say which message: a work publishes either to the topic or to single users.
      aedes.on('ack', () => {
        if (pending === 0) acknowledged(1);
        else if (--pending === 0) done();
      });
      const server = createServer(aedes.handle);
      await new Promise((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
      return { port: server.address().port };
    },
    connections: () => aedes.connectedClients,
    toTopic: (payload) => publish('bench', payload),
    toUser: (index, payload) => publish(`u/u${index}`, payload),
    topicAcknowledged: (total) =>
      new Promise((resolve) => {
        pending += total;
        done = () => resolve(Number(process.hrtime.bigint() / 1000n));
      }),
  };
});
