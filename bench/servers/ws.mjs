// Raw `ws`, the usual way: the message is serialised once and `send` is called for every client.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { serve, userIndex } from './serve.mjs';

serve(() => {
  const users = new Map();
  const http = createServer();
  const server = new WebSocketServer({ server: http, path: '/ws' });
  server.on('connection', (socket, request) => {
    const index = userIndex(new URL(request.url, 'http://bench').searchParams.get('token'));
    if (index === undefined) return socket.close(3500);
    users.set(index, socket);
    socket.on('close', () => users.delete(index));
    socket.on('error', () => {});
    socket.send('{"ready":true}');
  });
  return {
    listen: () =>
      new Promise((resolve) =>
        http.listen(0, '127.0.0.1', 4096, () => resolve({ port: http.address().port, path: '/ws' })),
      ),
    connections: () => users.size,
    toTopic(payload) {
      const text = JSON.stringify(payload);
      for (const socket of server.clients) socket.send(text);
    },
  };
});
