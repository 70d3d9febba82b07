import { afterAll, beforeAll } from '@jest/globals';
import { Estate } from './estate.js';

const START_MS = 240_000;

/** Started before the tests of this block and gone after them; what is returned gives them to a test. */
export function started<T>(start: (estate: Estate) => Promise<T>): () => T {
  let estate: Estate | undefined;
  let services: { value: T } | undefined;
  beforeAll(async () => {
    estate = new Estate();
    services = { value: await start(estate) };
  }, START_MS);
  afterAll(async () => estate?.close(), START_MS);
  return () => {
    if (!services) throw new Error('the services are there once the tests run');
    return services.value;
  };
}
