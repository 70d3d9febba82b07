// Server-sent events the usual way: the event is made once and `res.write` is called for every client.
import { createServer } from 'node:http';
import { serve, userIndex } from './serve.mjs';

serve(() => {
  const users = new Map();
  const http = createServer((request, response) => {
    const index = userIndex(new URL(request.url, 'http://bench').searchParams.get('token'));
    if (index === undefined) return response.writeHead(401).end();
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('event: ready\ndata: {}\n\n');
    users.set(index, response);
    response.on('close', () => users.delete(index));
  });
  return {
    listen: () =>
      new Promise((resolve) =>
        http.listen(0, '127.0.0.1', 4096, () => resolve({ port: http.address().port, path: '/sse' })),
      ),
    connections: () => users.size,
    toTopic(payload) {
      const event = `data: ${JSON.stringify(payload)}\n\n`;
      for (const response of users.values()) response.write(event);
    },
  };
});
