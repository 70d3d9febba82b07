import { Logger } from '@nestjs/common';
import type { Push, PushEventName, PushEvents } from 'push-core';
import type { PushContext } from '../decorators/parameters.js';
import { ON_PUSH } from '../decorators/metadata.js';
import { pushEvent } from '../push-events.js';
import type { FoundMethod, PushExplorer } from './explorer.js';
import type { HandlerFactory } from './handler.js';

/** Tells `@OnPush` methods what happens. Returns the function that ends it. */
export function listenWith(push: Push, explorer: PushExplorer, handlers: HandlerFactory): () => void {
  const found = explorer.methods(ON_PUSH, '@OnPush');
  const ends = found.flatMap((one) => one.metadata.map((name) => listen(push, name, one, handlers)));
  return () => ends.forEach((end) => end());
}

function listen<K extends PushEventName>(
  push: Push,
  name: K,
  found: FoundMethod<typeof ON_PUSH>,
  handlers: HandlerFactory,
): () => void {
  const logger = new Logger('OnPush');
  const handle = handlers.create(found);
  const failed = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    logger.error(`${found.className}.${found.method} failed on ${name}: ${why}`, (error as Error | undefined)?.stack);
  };
  return push.on(name, (event) => {
    void handle(pushEvent(push, name, event), contextOf(name, event)).then((handled) => {
      if (handled.kind === 'failed' && !handled.recovered) failed(handled.error);
    });
  });
}

function contextOf<K extends PushEventName>(name: K, event: PushEvents[K]): PushContext {
  const { tenant, user, device } = event as { tenant?: string; user?: string; device?: string };
  return { kind: 'event', name, tenant, user, device };
}
