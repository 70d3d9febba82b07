import { PushError } from '../errors.js';
import { targetsOf, type Target } from '../model/audience.js';
import { isTopic, userOf } from '../model/stream.js';
import type { Explanation, Step } from '../offline/notifications.js';
import { offlineRef, progressOf, waitIsOver } from '../offline/offline-job.js';
import type { Place, StoredMessage } from '../store/message-store.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import { REASONS, type ReasonCode } from './reasons.js';

const ROWS = 200;

/** Why a user was, or was not, told of a message: read off what is stored, so that it cannot disagree with what happened. */
export async function explainMessage(
  store: Store,
  tenant: string,
  id: string,
  user: string,
  now: number,
  waitMs: number,
): Promise<Explanation> {
  const stored = await store.messages.find(tenant, id);
  if (!stored) throw new PushError('NOT_FOUND', 'There is no such message');
  const { message, held } = stored;
  const steps: Step[] = [{ at: message.acceptedAt, what: 'accepted', text: `Accepted as ${message.type}` }];
  const told = (outcome: string): Explanation => ({ id, user, outcome, steps: inOrder(steps) });
  const target = await targetFor(store, stored, user);
  if (!target) {
    steps.push({ what: 'not_addressed', text: 'The message is not for this user' });
    return told('not_addressed');
  }
  if (held) {
    steps.push({ at: message.dueAt, what: 'scheduled', text: 'To be delivered then' });
    return told('scheduled');
  }
  const place = stored.places.find(({ stream }) => stream === target.stream);
  if (place)
    steps.push({
      what: 'stored',
      text: `Entry ${place.seq} of ${isTopic(place.stream) ? place.stream : 'the user’s own stream'}`,
    });
  const [read, delivered] = place ? await whoHasIt(store, tenant, user, place, message.thread) : [false, []];
  for (const device of delivered) steps.push({ what: 'delivered', device, text: `Acknowledged by device ${device}` });
  if (read) steps.push({ what: 'read', text: 'Read' });

  const rows = await store.notifications.find(tenant, id, { user, limit: ROWS });
  for (const row of rows) steps.push(...stepsOf(row));
  if (message.recalledAt !== undefined)
    steps.push({ at: message.recalledAt, what: 'recalled', reason: 'recalled', text: REASONS.recalled });
  if (message.expiresAt <= now && delivered.length === 0) {
    steps.push({ at: message.expiresAt, what: 'expired', reason: 'expired', text: 'It expired undelivered' });
  }
  if (rows.length === 0) steps.push(...(await withoutRows(store, stored, user, delivered.length > 0, waitMs)));
  return told(outcomeOf(steps));
}

async function targetFor(store: Store, { message }: StoredMessage, user: string): Promise<Target | undefined> {
  const mine = targetsOf(message.to).filter(({ filter }) => !filter?.exceptUsers?.includes(user));
  const own = mine.find(({ stream }) => userOf(stream) === user);
  if (own) return own;
  const shared = mine.filter(({ stream }) => userOf(stream) === undefined);
  if (shared.length === 0) return undefined;
  const [subscriptions = []] = await store.topics.subscriptions([{ tenant: message.tenant, user }]);
  const topics = new Set(subscriptions.map(({ topic }) => topic));
  return shared.find(({ stream }) => !isTopic(stream) || topics.has(stream));
}

async function whoHasIt(
  store: Store,
  tenant: string,
  user: string,
  place: Place,
  thread: string | undefined,
): Promise<[boolean, readonly string[]]> {
  const [[read = false], [devices = []]] = await Promise.all([
    store.reads.covers([{ ...place, tenant, user, thread }]),
    store.cursors.reachedBy([{ ...place, tenant, user }]),
  ]);
  return [read, devices];
}

function stepsOf(row: NotificationRow): Step[] {
  const { device, provider, reason, attempts, state } = row;
  const about = { device: device || undefined, provider, reason, attempts: attempts || undefined };
  const steps: Step[] = [{ ...about, at: row.updatedAt, what: WHAT[state], text: textOf(row) }];
  if (row.unknown > 0)
    steps.push({
      ...about,
      at: row.updatedAt,
      what: 'sending',
      reason: 'unknown_after_write',
      text: REASONS.unknown_after_write,
    });
  if (row.shownAt !== undefined)
    steps.push({ ...about, at: row.shownAt, what: 'shown', reason: 'shown', text: REASONS.shown });
  if (row.openedAt !== undefined)
    steps.push({ ...about, at: row.openedAt, what: 'opened', reason: 'opened', text: REASONS.opened });
  if (row.retractedAt !== undefined)
    steps.push({ ...about, at: row.retractedAt, what: 'retracted', reason: 'retracted', text: REASONS.retracted });
  return steps;
}

const WHAT = {
  waiting: 'waiting',
  sending: 'sending',
  accepted: 'notified',
  failed: 'failed',
  suppressed: 'suppressed',
  cancelled: 'cancelled',
  dead: 'dead',
} as const satisfies Record<NotificationRow['state'], Step['what']>;

function textOf({ state, reason, dueAt, covers }: NotificationRow): string {
  const why = reason && reason in REASONS ? REASONS[reason as ReasonCode] : reason;
  if (state === 'waiting') return `${why ?? 'It waits'}; looked at again at ${new Date(dueAt).toISOString()}`;
  if (state === 'sending') return 'It is being sent';
  return covers > 1 ? `${why}; it stands for ${covers} messages` : (why ?? state);
}

/** Nobody was told anything: why not, or not yet. */
async function withoutRows(
  store: Store,
  { message }: StoredMessage,
  user: string,
  isDelivered: boolean,
  waitMs: number,
): Promise<Step[]> {
  const job = await store.jobs.find(offlineRef(message));
  if (job && !isDelivered) {
    const { pass, done } = progressOf(job.payload);
    const at = Math.max(job.dueAt, pass === 'rest' ? waitIsOver(message, waitMs) : job.dueAt);
    const text = `Nobody is notified before then, for an acknowledgement may come; ${done} recipients were looked at`;
    return [{ at, what: 'waiting', text }];
  }
  if (message.recalledAt !== undefined) return [];
  if (!message.notification || message.options.offline?.mode === 'never')
    return [
      {
        what: 'suppressed',
        reason: 'never',
        text: message.notification ? REASONS.never : 'The publish has no notification',
      },
    ];
  return isDelivered ? [{ what: 'cancelled', reason: 'acknowledged', text: REASONS.acknowledged }] : [];
}

/** The last word, by what weighs most. */
function outcomeOf(steps: readonly Step[]): string {
  const has = (what: Step['what']): boolean => steps.some((one) => one.what === what);
  for (const what of [
    'recalled',
    'read',
    'delivered',
    'opened',
    'notified',
    'sending',
    'waiting',
    'dead',
    'failed',
    'expired',
  ] as const)
    if (has(what)) return what;
  return has('suppressed') ? 'suppressed' : 'stored';
}

const inOrder = (steps: readonly Step[]): readonly Step[] =>
  steps
    .map((step, i) => ({ step, i }))
    .sort((a, b) => (a.step.at ?? Infinity) - (b.step.at ?? Infinity) || a.i - b.i)
    .map(({ step }) => step);
