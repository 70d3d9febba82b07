import type { EntryHint, EntryPlace, Hint } from '../cluster/bus.js';
import type { Target } from '../model/audience.js';
import type { Message } from '../model/message.js';
import { userOf } from '../model/stream.js';
import type { Place } from '../store/message-store.js';

/** What other nodes have to know of an append: the entry as it is sent, or, where that is long, only how far the streams are. */
export function hintsOf(
  { tenant, acceptedAt, expiresAt }: Message,
  tail: string,
  targets: readonly Target[],
  places: readonly Place[],
  hintBytes: number,
  trace?: string,
): Hint[] {
  if (tail.length > hintBytes) {
    return places.map(({ stream, seq }) => ({ kind: 'head', tenant, stream, head: seq }));
  }
  const at = places.map(({ stream, seq }, i): EntryPlace => {
    const filter = targets[i]?.filter;
    return filter ? { stream, seq, filter } : { stream, seq };
  });
  return [{ kind: 'entry', tenant, epoch: places[0]?.epoch ?? '', at: acceptedAt, expiresAt, tail, places: at, trace }];
}

/** A hint, or a part of one, and whom it concerns. */
export interface HintPart {
  readonly hint: Hint;
  /** Absent where nobody keeps a list of whom it concerns. */
  readonly user?: { readonly tenant: string; readonly user: string };
}

/** Cut so that each part concerns one user, or everybody. */
export function partsOf(hint: Hint): HintPart[] {
  switch (hint.kind) {
    case 'entry':
      if (hint.places.length === 1) return [part(hint, (hint.places[0] as EntryPlace).stream)];
      return cut(hint.places).map(([stream, places]) => part({ ...hint, places }, stream));
    case 'signal':
      return cut(hint.targets).map(([stream, targets]) => part({ ...hint, targets }, stream));
    case 'head':
      return [part(hint, hint.stream)];
    case 'read':
      return [{ hint, user: { tenant: hint.mark.tenant, user: hint.mark.user } }];
    case 'acked':
      return [{ hint, user: hint }];
    case 'recall':
    case 'subscriptions':
    case 'revoked':
    case 'arrived':
    case 'tenant':
    case 'work':
      return [{ hint }];
  }
}

/** What was cut and goes the same way is one hint again. */
export function joined(hints: readonly Hint[]): readonly Hint[] {
  const whole: Hint[] = [];
  for (const hint of hints) {
    const last = whole.at(-1);
    if (hint.kind === 'entry' && last?.kind === 'entry' && isSame(hint, last)) {
      whole[whole.length - 1] = { ...last, places: [...last.places, ...hint.places] };
    } else whole.push(hint);
  }
  return whole;
}

const isSame = (a: EntryHint, b: EntryHint): boolean =>
  a.tail === b.tail && a.tenant === b.tenant && a.epoch === b.epoch;

function part(hint: Extract<Hint, { tenant: string }>, stream: string): HintPart {
  const user = userOf(stream);
  return user === undefined ? { hint } : { hint, user: { tenant: hint.tenant, user } };
}

/** Users' streams one by one, the others together. */
function cut<T extends { readonly stream: string }>(all: readonly T[]): [stream: string, some: T[]][] {
  const shared = all.filter(({ stream }) => userOf(stream) === undefined);
  const own = all.flatMap((one): [string, T[]][] => (userOf(one.stream) === undefined ? [] : [[one.stream, [one]]]));
  return shared.length > 0 ? [...own, [shared[0]?.stream ?? '', shared]] : own;
}
