import { createMemoryStore, type Push, type Store } from 'push-core';

/** A transaction takes so long, whatever is in it: as one of a database does that writes to its disk. */
const COMMIT_MS = 20;

/** A memory store that commits like a database: one transaction after the other, each with its time. */
export function committingStore(): Store {
  const store = createMemoryStore();
  const append = store.messages.append.bind(store.messages);
  store.messages.append = async (requests) => {
    await new Promise((resolve) => setTimeout(resolve, COMMIT_MS));
    return append(requests);
  };
  return store;
}

/** What a server has to do anyway: a few tenants that publish now and then. Returns the function that ends it. */
export function ordinaryLoad(push: Push): () => void {
  let no = 0;
  const timer = setInterval(() => {
    const tenant = `ordinary-${no++ % 8}`;
    void push.publish(tenant, { to: { users: [`u${no % 50}`] }, type: 't' }).catch(() => undefined);
  }, 4);
  return () => clearInterval(timer);
}

/** A tenant that always has so many publishes waiting. Returns the function that ends it; resolves with how many were written. */
export function flood(push: Push, tenant: string, waiting: number): () => Promise<number> {
  let goesOn = true;
  let written = 0;
  const one = async (n: number): Promise<void> => {
    while (goesOn) {
      await push.publish(tenant, { to: { users: [`crowd-${n % 50}`] }, type: 't' });
      written++;
    }
  };
  const all = Array.from({ length: waiting }, (_, n) => one(n));
  return async () => {
    goesOn = false;
    await Promise.all(all);
    return written;
  };
}
