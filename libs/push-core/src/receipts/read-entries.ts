import { PushError } from '../errors.js';
import { LIMITS } from '../model/limits.js';
import { isFor, type Entry } from '../model/message.js';
import { idSchema, positionSchema } from '../model/schemas.js';
import { streamNamed } from '../model/stream.js';
import { createValidator, type JsonSchema } from '../model/validate.js';
import type { Store } from '../store/store.js';
import { inboxEntries } from './inbox-entries.js';
import type { EntriesQuery, InboxEntry } from './inbox.js';

const seq: JsonSchema = { type: 'integer', minimum: 1 };
const validateQuery = createValidator<EntriesQuery>(
  {
    type: 'object',
    properties: {
      stream: (positionSchema.properties as Record<string, JsonSchema>).s,
      user: idSchema,
      device: idSchema,
      from: seq,
      to: seq,
      thread: idSchema,
    },
    required: ['stream', 'from', 'to'],
    additionalProperties: false,
  },
  'query',
);

/** What a stream holds between two places: what an acknowledgement or a read mark is about. */
export async function readEntries(store: Store, tenant: string, query: EntriesQuery): Promise<readonly InboxEntry[]> {
  const { stream, user, device, from, to, thread } = checked(query);
  const limit = to - from + 1;
  const name = streamNamed(stream, user ?? '');
  const [page] = await store.messages.read([{ tenant, stream: name, after: from - 1, limit, thread }]);
  // Of one thread, as many can lie beyond.
  return inboxEntries((page?.entries ?? []).filter((entry) => entry.seq <= to && isTheirs(entry, user, device)));
}

function checked(given: EntriesQuery): EntriesQuery {
  const query = validateQuery(given);
  const { stream, user, device, from, to } = query;
  if (user === undefined && (stream === '@me' || device !== undefined))
    throw new PushError('INVALID', `"user" is missing: whose ${device === undefined ? 'stream' : 'device'} it is`, {
      field: 'user',
    });
  if (to < from || to - from >= LIMITS.inboxPage)
    throw new PushError('INVALID', `"to" must be "from" or up to ${LIMITS.inboxPage - 1} more`, { field: 'to' });
  return query;
}

function isTheirs({ filter }: Entry, user: string | undefined, device: string | undefined): boolean {
  if (!filter || user === undefined) return true;
  return device === undefined ? !filter.exceptUsers?.includes(user) : isFor(filter, user, device);
}
