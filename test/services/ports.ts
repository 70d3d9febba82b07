import { createServer } from 'node:net';

/** Below the range that systems take outgoing connections' ports from: nobody is given it while its owner restarts. */
const FIRST = 20_000;
const COUNT = 12_000;
const TRIES = 50;

/** A port on 127.0.0.1 that stays free for whoever comes back to it. */
export async function steadyPort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port among ${TRIES} from ${FIRST} on`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
