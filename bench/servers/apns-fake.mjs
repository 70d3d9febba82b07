// Apple's push service, stood in for by the fake of push-core/testing, over TLS: it checks what Apple checks. Its own process, so that none
// of its work is counted. argv: the folder of push-core's build.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { answer } from '../lib/answers.mjs';

const { FakeApns } = await import(pathToFileURL(path.join(process.argv[2], 'testing/fakes/apns.js')).href);
/** One for each sender: two JWTs of one account within 20 minutes are more than Apple takes. */
const fakes = await Promise.all([0, 1].map(() => new FakeApns({ tls: true }).listen()));
const total = () => fakes.reduce((sum, fake) => sum + fake.server.requestCount, 0);
let before = 0;

answer({
  accounts: () => fakes.map((fake) => ({ ...fake.credentials, ca: fake.ca })),
  /** Requests since the last time it was asked. */
  requests() {
    const count = total() - before;
    before = total();
    return { count, connections: fakes.map((fake) => fake.server.connectionCount) };
  },
});
