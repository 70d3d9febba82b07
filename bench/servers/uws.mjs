// µWebSockets. `publish`: one call to a topic that every socket subscribes to; the library joins what one turn publishes.
// `send`: the loop over all sockets, as with `ws`. No limit on what a slow socket may be owed, so that nothing is dropped.
import uws from '@trufflesuite/uws-js-unofficial';
import { serve, userIndex } from './serve.mjs';

const way = process.argv[2];

serve(() => {
  const users = new Map();
  const app = uws.App();
  app.ws('/ws', {
    compression: uws.DISABLED,
    maxBackpressure: 1 << 30,
    idleTimeout: 120,
    upgrade(response, request, context) {
      const user = userIndex(new URLSearchParams(request.getQuery()).get('token'));
      if (user === undefined) return response.writeStatus('401 Unauthorized').end();
      response.upgrade(
        { user },
        request.getHeader('sec-websocket-key'),
        request.getHeader('sec-websocket-protocol'),
        request.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    open(socket) {
      users.set(socket.user, socket);
      socket.subscribe('bench');
      socket.send('{"ready":true}');
    },
    close(socket) {
      users.delete(socket.user);
    },
  });
  return {
    listen: () =>
      new Promise((resolve, reject) =>
        app.listen('127.0.0.1', 0, (token) =>
          token
            ? resolve({ port: uws.us_socket_local_port(token), path: '/ws' })
            : reject(new Error('µWebSockets cannot listen')),
        ),
      ),
    connections: () => users.size,
    toTopic(payload) {
      const text = JSON.stringify(payload);
      if (way === 'publish') return void app.publish('bench', text, false);
      for (const socket of users.values()) socket.send(text, false);
    },
  };
});
