// Socket.IO 4, WebSocket transport only, in-memory adapter. To all with `io.emit`, or (argument `ack`) with one `emit` and an
// acknowledgement a socket; to one with `emit` and an acknowledgement.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { serve, userIndex } from './serve.mjs';

serve(({ acknowledged }) => {
  const users = new Map();
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  io.use((socket, next) => {
    const index = userIndex(socket.handshake.auth.token);
    if (index === undefined) return next(new Error('bad token'));
    socket.data.user = index;
    next();
  });
  io.on('connection', (socket) => {
    const { user } = socket.data;
    users.set(user, socket);
    socket.on('disconnect', () => users.delete(user));
  });
  const one = () => acknowledged(1);
  let pending = 0;
  let done = () => {};
  const topicAcknowledged = () => {
    if (--pending === 0) done();
  };
  return {
    listen: () =>
      new Promise((resolve) =>
        http.listen(0, '127.0.0.1', 4096, () =>
          resolve({ port: http.address().port, path: '/socket.io/?EIO=4&transport=websocket' }),
        ),
      ),
    connections: () => users.size,
    toTopic(payload) {
      if (process.argv[2] !== 'ack') return io.emit('m', payload);
      for (const socket of users.values()) socket.emit('m', payload, topicAcknowledged);
    },
    topicAcknowledged:
      process.argv[2] === 'ack'
        ? (total) =>
            new Promise((resolve) => {
              pending += total;
              done = () => resolve(Number(process.hrtime.bigint() / 1000n));
            })
        : undefined,
    toUser: (index, payload) => users.get(index).emit('m', payload, one),
  };
});
