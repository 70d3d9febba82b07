import { connect, createServer } from 'node:net';

/** A port that was free a moment ago, for programs that cannot be told to take any. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something answers at the port. */
export async function untilListening(port, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs;
  while (!(await answers(port))) {
    if (Date.now() > end) throw new Error(`nothing listens at port ${port} after ${deadlineMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: 'localhost' });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
