import type { PushFrame } from 'push-core/wire';
import type { Emitter } from './emitter.js';
import type { PushClientEvents } from './events.js';

/** Runs the `message` handlers; false, now or later, where one of them failed. */
export function handOver(
  events: Emitter<PushClientEvents>,
  frame: PushFrame,
  failed: (message: string, cause: unknown) => void,
): boolean | Promise<boolean> {
  const { failures, pending } = events.run('message', frame);
  const judge = () => {
    for (const cause of failures) failed(`a message handler failed on ${frame.s} ${frame.seq}; it comes again`, cause);
    return failures.length === 0;
  };
  if (pending.length === 0) return judge();
  return Promise.allSettled(pending).then((results) => {
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
    return judge();
  });
}
