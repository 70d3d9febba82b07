import type { Audience } from '../model/audience.js';
import type { ListedMessage } from '../store/list-store.js';
import type { AudienceSummary, MessageSummary } from './lists.js';

/** Names shown of each kind. */
const SHOWN = 3;

export function summaryOf(message: ListedMessage, now: number): MessageSummary {
  const { id, type, thread, acceptedAt, expiresAt, dueAt, recalledAt, to } = message;
  const users = new Set([...(to.users ?? []), ...(to.devices ?? []).map(({ user }) => user)]);
  for (const user of to.except?.users ?? []) users.delete(user);
  return {
    id,
    type,
    ...(thread !== undefined && { thread }),
    acceptedAt,
    expiresAt,
    ...(dueAt !== undefined && { dueAt }),
    ...(recalledAt !== undefined && { recalledAt }),
    state: stateOf(message, now),
    recipients: users.size,
    to: audienceSummary(to),
  };
}

function stateOf({ recalledAt, held, expiresAt }: ListedMessage, now: number): MessageSummary['state'] {
  if (recalledAt !== undefined) return 'recalled';
  if (held) return 'scheduled';
  return expiresAt <= now ? 'expired' : 'stored';
}

const audienceSummary = ({ users, devices, topics, all }: Audience): AudienceSummary => ({
  ...(users?.length && { users: users.slice(0, SHOWN) }),
  ...(devices?.length && { devices: devices.slice(0, SHOWN) }),
  ...(topics?.length && { topics: topics.slice(0, SHOWN) }),
  ...(all && { all }),
});
