import type { Entry, Message } from '../../model/message.js';
import type { AppendOutcome, AppendRequest, MessageStore, Place } from '../../store/message-store.js';

export const T0 = 1_760_000_000_000;
export const TENANT = 't1';

/** Ids that a quoting, globbing or collating mistake would trip over; all legal. */
export const ODD_IDS: readonly string[] = [
  '%',
  '_',
  "';DROP/**/TABLE/**/message;--",
  '"quoted"',
  '\\back\\slash',
  '?',
  '$1',
  ':name',
  '[0]',
  'ÄÖÜ',
  'äöü',
  'zażółć',
  '漢字',
  '\uffee',
  '👩‍👩‍👧‍👦',
  'null',
  '0',
  '1e3',
  'x'.repeat(128),
  'A',
  'a',
];

/** Unique by tenant and id, the rest may be overridden. */
export function message(id: string, over: Partial<Message> = {}): Message {
  return {
    tenant: TENANT,
    id,
    type: 'chat.message',
    data: JSON.stringify({ id }),
    to: { topics: ['room'] },
    options: {},
    acceptedAt: T0,
    expiresAt: T0 + 604_800_000,
    ...over,
  };
}

/** What an entry shows of a message. */
export function told({ to: _, ...rest }: Message): Entry['message'] {
  return rest;
}

/** A request to store `id` in `streams` now. */
export function append(id: string, streams: readonly string[], over: Partial<Message> = {}): AppendRequest {
  return { message: message(id, over), targets: streams.map((stream) => ({ stream })), when: 'now' };
}

export const withKey = (
  request: AppendRequest,
  key: string,
  fingerprint: string,
  keepUntil = T0 + 1000,
): AppendRequest => ({
  ...request,
  idempotency: { key, fingerprint, keepUntil },
});

export async function appendOne(messages: MessageStore, request: AppendRequest): Promise<AppendOutcome> {
  const [outcome] = await messages.append([request]);
  return outcome as AppendOutcome;
}

/** Places of a stored message, or a failure that shows the outcome. */
export function placesOf(outcome: AppendOutcome | undefined): readonly Place[] {
  if (outcome?.kind !== 'stored') throw new Error(`Expected a stored message: ${JSON.stringify(outcome)}`);
  return outcome.places;
}

export const seqsOf = (outcome: AppendOutcome | undefined): number[] => placesOf(outcome).map((place) => place.seq);

/** Ids and numbers of a stream, from its oldest entry. */
export async function contents(messages: MessageStore, stream: string, tenant = TENANT): Promise<[number, string][]> {
  const [page] = await messages.read([{ tenant, stream, after: 0, limit: 100_000 }]);
  return (page?.entries ?? []).map((entry) => [entry.seq, entry.message.id]);
}
