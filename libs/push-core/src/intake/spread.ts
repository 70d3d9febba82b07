import type { Target } from '../model/audience.js';
import type { Message } from '../model/message.js';
import type { AppendRequest } from '../store/message-store.js';
import type { NewJob } from '../store/job-store.js';

/** The kind of the job that continues a long audience; its id is the message's, its position the number of targets done. */
export const FAN_OUT = 'fan-out';

/**
 * An append to an audience; a long one becomes work that is stored along. Its first page too: so long audiences of a tenant
 * are served in the order they were accepted in, whatever they have in common.
 */
export function spread(
  message: Message,
  targets: readonly Target[],
  page: number,
): Pick<AppendRequest, 'message' | 'targets' | 'job'> {
  if (targets.length <= page) return { message, targets };
  const { tenant, id } = message;
  const job: NewJob = {
    tenant,
    kind: FAN_OUT,
    id,
    payload: '{}',
    position: 0,
    size: targets.length,
    // At once, and so in the order they are stored in: nodes' clocks have no say.
    dueAt: 0,
  };
  return { message, targets: [], job };
}
