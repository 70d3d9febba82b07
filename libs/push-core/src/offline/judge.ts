import type { Device, ProviderToken } from '../model/device.js';
import { decideFor } from '../policy/decide.js';
import { joinDigests } from '../policy/join-digests.js';
import type { Situation, Verdict } from '../policy/policy.js';
import type { ProviderTraits } from '../providers/provider.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { Case, Facts } from './case.js';
import type { TenantDesk } from './tenant-desk.js';

/** The provider that needs no device: the tenant's own server is told. */
export const WEBHOOK = 'webhook';

/** A verdict of policy, or what else can come in its place. */
export type Ruling =
  | Verdict
  | { readonly kind: 'cancel'; readonly reason: ReasonCode }
  /** It could not be decided: an attempt, and another one then. Unix milliseconds. */
  | { readonly kind: 'again'; readonly until: number; readonly reason: ReasonCode }
  /** … and none is left. */
  | { readonly kind: 'give_up'; readonly reason: ReasonCode };

/** What is to become of one device, or with device `''` of the user as a whole. */
export interface Judgement {
  readonly case: Case;
  readonly device: string;
  /** Absent for the user as a whole. */
  readonly registered?: Device;
  readonly verdict: Ruling;
  /** Messages it stands for. */
  readonly covers: number;
}

export type Recent = (one: Case, windowMs: number) => { readonly count: number; readonly last?: number };

/**
 * Whether the user still has to be told, and if so, of each device what policy says. Undefined: nothing is to be written, for somebody has
 * acknowledged it in time.
 */
export function judge(one: Case, facts: Facts, desk: TenantDesk, now: number, recent: Recent): readonly Judgement[] {
  const { row } = one;
  const over = noNeed(one, facts, now);
  if (over) return row ? [cancel(one, row.device, over)] : [];
  const told = facts.devices
    .filter(({ device }) => !row || row.device === device)
    .map((device): Judgement => ({
      case: one,
      device: device.device,
      registered: device,
      verdict: decide(one, facts, desk, now, recent, device.tokens, device),
      covers: 1,
    }));
  if (desk.lanes.has(WEBHOOK) && (!row || row.device === ''))
    told.push({
      case: one,
      device: '',
      verdict: decide(one, facts, desk, now, recent, [{ provider: WEBHOOK, token: '' }], undefined),
      covers: 1,
    });
  if (told.length > 0) return told;
  // The device it was about is gone, or there never was one.
  return [suppress(one, row?.device ?? '', row && row.device !== '' ? 'token_moved' : 'no_device')];
}

/** What was put off for the same thread and device is told of together. */
export function joinJudged(judged: readonly Judgement[]): readonly Judgement[] {
  const open = judged.flatMap((one, at) => (isOpen(one) ? [{ one, at }] : []));
  if (open.length < 2) return judged;
  const joined = joinDigests(
    open.map(({ one: { case: about, device, verdict } }) => ({
      verdict: verdict as Verdict,
      to: `${about.message.tenant} ${about.user} ${device}`,
      thread: about.row ? about.message.thread : undefined,
      order: about.place.seq,
    })),
  );
  const all = [...judged];
  open.forEach(({ one, at }, i) => (all[at] = { ...one, ...joined[i] }));
  return all;
}

const isOpen = ({ verdict }: Judgement): boolean =>
  verdict.kind === 'send' || verdict.kind === 'delay' || verdict.kind === 'suppress';

function noNeed({ message }: Case, facts: Facts, now: number): ReasonCode | undefined {
  if (message.recalledAt !== undefined) return 'recalled';
  if (now >= message.expiresAt) return 'expired';
  if (facts.isRead) return 'read';
  // Who asks to notify always does so whatever was acknowledged.
  if (message.options.offline?.mode !== 'always' && facts.acknowledgedBy.length > 0) return 'acknowledged';
  return undefined;
}

function decide(
  one: Case,
  facts: Facts,
  desk: TenantDesk,
  now: number,
  recent: Recent,
  tokens: readonly ProviderToken[],
  device: Device | undefined,
): Verdict {
  const { message, row, user } = one;
  const { notification } = message;
  const situation: Situation = {
    now,
    type: message.type,
    thread: message.thread,
    category: notification?.category,
    priority: message.options.priority ?? 'normal',
    mentioned: notification?.mentions?.includes(user) ?? false,
    expiresAt: message.expiresAt,
    presence: facts.isConnected ? 'connected' : 'away',
    preferences: facts.preferences,
    platform: device?.platform ?? WEBHOOK,
    timeZone: device?.timeZone,
    providers: tokens.map(({ provider }) => provider),
    recent: (windowMs) => recent(one, windowMs),
    held: heldBy(row),
  };
  return decideFor(
    situation,
    desk.rules,
    (provider): ProviderTraits | undefined => desk.lanes.get(provider)?.factory.traits,
  );
}

/** What a hook could not be asked about was never sent: damping has to look at it once more. */
function heldBy(row: Case['row']): ReasonCode | undefined {
  const reason = row?.reason as ReasonCode | undefined;
  return reason === 'hook_failed' ? undefined : reason;
}

const cancel = (one: Case, device: string, reason: ReasonCode): Judgement => ({
  case: one,
  device,
  verdict: { kind: 'cancel', reason },
  covers: 1,
});

const suppress = (one: Case, device: string, reason: ReasonCode): Judgement => ({
  case: one,
  device,
  verdict: { kind: 'suppress', reason },
  covers: 1,
});
