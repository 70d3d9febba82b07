import type { AppendOutcome, AppendRequest, Place } from 'push-core';
import { batches } from './batches.js';
import { admitKeys } from './admit-keys.js';
import type { SqliteDialect } from './dialects/sqlite.js';
import { joinedAt, messageFields } from './message-row.js';
import { chunks } from './chunks.js';
import { pair } from './pair.js';
import { step, type Steps } from './steps.js';

/**
 * What an append does, as statements one after the other inside one transaction: which keys are new, which messages are
 * new, the heads, the entries, the keys. Written once, run without waiting on the store's own connection and with
 * waiting inside a host's transaction. However many requests, the number of statements stays the same.
 */
export function* appendSteps(
  sql: SqliteDialect,
  epoch: string,
  requests: readonly AppendRequest[],
): Steps<AppendOutcome[]> {
  const outcomes: (AppendOutcome | undefined)[] = new Array<undefined>(requests.length).fill(undefined);
  yield* admitKeys(sql, requests, outcomes);
  const keys = requests.filter(({ idempotency, when }, at) => idempotency && when !== 'release' && !outcomes[at]);
  yield* storeMessages(sql, requests, outcomes);
  yield* releaseHeld(sql, requests, outcomes);

  const joining = requests.map((request, at) => (outcomes[at] || request.when === 'hold' ? undefined : request));
  const places = yield* joinStreams(sql, epoch, joining);

  if (keys.length > 0) yield step(sql.insertKeys, JSON.stringify(keys.map(keyFields)));
  return requests.map((_, at) => outcomes[at] ?? { kind: 'stored', places: places[at] ?? [] });
}

const keyFields = ({ message, idempotency }: AppendRequest): unknown[] => [
  message.tenant,
  idempotency?.key,
  idempotency?.fingerprint,
  message.id,
  message.acceptedAt,
  idempotency?.keepUntil,
];

/** Inserts what is new; an id that is stored already, or twice in the batch, was appended before. */
function* storeMessages(
  sql: SqliteDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const positions = requests.flatMap(({ when }, at) => (outcomes[at] || when === 'release' ? [] : [at]));
  if (positions.length === 0) return;
  const ids = positions.map((at) => idOf(requests[at] as AppendRequest));
  const known = new Map<string, number>();
  for (const row of yield step(sql.messagesById, JSON.stringify(ids))) {
    known.set(pair(...(ids[row.at as number] as [string, string])), row.accepted_at as number);
  }
  const parameters: unknown[] = [];
  let rows = 0;
  for (const position of positions) {
    const { message, when } = requests[position] as AppendRequest;
    const name = pair(message.tenant, message.id);
    const acceptedAt = known.get(name);
    if (acceptedAt !== undefined) {
      outcomes[position] = { kind: 'duplicate', id: message.id, acceptedAt };
      continue;
    }
    known.set(name, message.acceptedAt);
    parameters.push(...messageFields(message, when === 'hold'));
    rows++;
  }
  for (const [count, chunk] of chunks(rows, parameters)) yield step(sql.insertMessages(count), ...chunk);
}

const idOf = ({ message }: AppendRequest): [string, string] => [message.tenant, message.id];

/** Lets held messages go, each once. */
function* releaseHeld(
  sql: SqliteDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const positions = requests.flatMap((request, at) => (request.when === 'release' ? [at] : []));
  if (positions.length === 0) return;
  const ids = positions.map((at) => idOf(requests[at] as AppendRequest));
  const rows = yield step(sql.messagesById, JSON.stringify(ids));
  const known = new Map(rows.map((row) => [row.at as number, row]));
  const heldSince = new Map<string, number>();
  requests.forEach(({ message, when }, at) => {
    if (when === 'hold' && !outcomes[at]) heldSince.set(pair(message.tenant, message.id), at);
  });
  const taken = new Map<string, [string, string]>();
  positions.forEach((position, at) => {
    const { id, acceptedAt, tenant } = (requests[position] as AppendRequest).message;
    const row = known.get(at);
    const name = pair(tenant, id);
    const held = row !== undefined && row.held_until !== null && (heldSince.get(name) ?? -1) < position;
    if (held && !taken.has(name)) taken.set(name, [tenant, id]);
    else outcomes[position] = { kind: 'duplicate', id, acceptedAt: (row?.accepted_at as number) ?? acceptedAt };
  });
  if (taken.size > 0) yield step(sql.releaseMessages, JSON.stringify([...taken.values()]));
}

/** Takes the numbers of every stream at once, then writes the entries. Places by request. */
function* joinStreams(
  sql: SqliteDialect,
  epoch: string,
  requests: readonly (AppendRequest | undefined)[],
): Steps<(Place[] | undefined)[]> {
  const heads = new Map<string, { tenant: string; stream: string; count: number; age: number; next: number }>();
  for (const request of requests) {
    if (!request) continue;
    const { tenant } = request.message;
    for (const { stream } of request.targets) {
      const head = heads.get(pair(tenant, stream));
      if (head) head.count++;
      else heads.set(pair(tenant, stream), { tenant, stream, count: 1, age: joinedAt(request.message), next: 0 });
    }
  }
  if (heads.size === 0) return requests.map((request) => request && []);

  for (const json of batches([...heads.values()].map((one) => [one.tenant, one.stream, one.count, one.age]))) {
    for (const row of yield step(sql.moveHeads, json)) {
      const head = heads.get(pair(row.tenant, row.stream)) as { count: number; next: number; age: number };
      head.next = (row.head as number) - head.count + 1;
      if (row.oldest_at === null) yield step(sql.refillStream, head.age, row.tenant, row.stream);
    }
  }

  const rows: unknown[][] = [];
  const places = requests.map((request) => {
    if (!request) return undefined;
    const { message, targets } = request;
    const age = joinedAt(message);
    return targets.map(({ stream, filter }): Place => {
      const seq = (heads.get(pair(message.tenant, stream)) as { next: number }).next++;
      rows.push([
        message.tenant,
        stream,
        seq,
        message.id,
        message.thread ?? null,
        age,
        filter ? JSON.stringify(filter) : null,
      ]);
      return { stream, epoch, seq };
    });
  });
  for (const json of batches(rows)) yield step(sql.insertEntries, json);
  return places;
}
