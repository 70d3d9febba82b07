import { LIMITS } from '../model/limits.js';
import { idSchema } from '../model/schemas.js';
import { userStream } from '../model/stream.js';
import { createValidator } from '../model/validate.js';
import type { Store } from '../store/store.js';
import { inboxEntries } from './inbox-entries.js';
import type { Inbox, InboxQuery } from './inbox.js';

const validateQuery = createValidator<InboxQuery>(
  {
    type: 'object',
    properties: {
      after: { type: 'integer', minimum: 0 },
      limit: { type: 'integer', minimum: 1, maximum: LIMITS.inboxPage },
      thread: idSchema,
    },
    additionalProperties: false,
  },
  'query',
);

export async function readInbox(
  store: Store,
  tenant: string,
  user: string,
  query: InboxQuery,
  now: number,
): Promise<Inbox> {
  const { after = 0, limit = 100, thread } = validateQuery(query);
  const stream = { tenant, stream: userStream(user) };
  const [pages, counts] = await Promise.all([
    store.messages.read([{ ...stream, after, limit, thread }]),
    store.reads.unread([{ ...stream, user, now }]),
  ]);
  const byThread = counts[0] ?? new Map<string, number>();
  const page = pages[0];
  const threads = Object.fromEntries([...byThread].filter(([name]) => name !== ''));
  return {
    epoch: page?.epoch ?? '',
    head: page?.head ?? 0,
    first: page?.first ?? 1,
    entries: inboxEntries(page?.entries ?? []),
    unread: { total: [...byThread.values()].reduce((sum, count) => sum + count, 0), threads },
  };
}
