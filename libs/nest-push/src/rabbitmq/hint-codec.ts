import type { Hint } from 'push-core';

/** A hint as a part of a bundle. */
export const encodeHint = (hint: Hint): string => JSON.stringify(hint);

export const encodeBundle = (hints: readonly string[]): Buffer => Buffer.from(`[${hints.join(',')}]`);

/**
 * What there is to understand in a bundle. Another version's hints, and what is no bundle at all, are left out: whoever is
 * on the broker can send here.
 */
export function decodeBundle(body: Buffer): { readonly hints: readonly Hint[]; readonly ignored: number } {
  let bundle: unknown;
  try {
    bundle = JSON.parse(body.toString());
  } catch {
    return { hints: [], ignored: 1 };
  }
  if (!Array.isArray(bundle)) return { hints: [], ignored: 1 };
  const hints = bundle.filter(isHint);
  return { hints, ignored: bundle.length - hints.length };
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return false;
    for (const field in checks) if (!checks[field]?.(value[field])) return false;
    return true;
  };

const filter = shape({
  only: optional(listOf(isText)),
  exceptUsers: optional(listOf(isText)),
  exceptDevices: optional(listOf(shape({ user: isText, device: isText }))),
});
const position = shape({ epoch: isText, seq: isNumber });

/** What a receiver may rely on, by kind; a field more does no harm. */
const SHAPES: Readonly<Record<Hint['kind'], Check>> = {
  head: shape({ tenant: isText, stream: isText, head: isNumber }),
  entry: shape({
    tenant: isText,
    epoch: isText,
    at: isNumber,
    expiresAt: isNumber,
    tail: isText,
    places: listOf(shape({ stream: isText, seq: isNumber, filter: optional(filter) })),
    trace: optional(isText),
  }),
  signal: shape({
    tenant: isText,
    targets: listOf(shape({ stream: isText, filter: optional(filter) })),
    frame: isText,
  }),
  recall: shape({
    tenant: isText,
    id: isText,
    places: listOf(shape({ stream: isText, epoch: isText, seq: isNumber })),
  }),
  read: shape({
    mark: shape({
      tenant: isText,
      stream: isText,
      user: isText,
      thread: optional(isText),
      position,
      at: isNumber,
    }),
    unread: isNumber,
    device: optional(isText),
  }),
  subscriptions: shape({ tenant: isText, users: listOf(isText) }),
  revoked: shape({ tenant: isText, user: isText, at: isNumber }),
  arrived: shape({ tenant: isText, user: isText, device: isText, connection: isText, at: isNumber }),
  acked: shape({ tenant: isText, user: isText, device: isText, stream: isText, epoch: isText, seq: isNumber }),
  tenant: shape({ tenant: isText }),
  work: shape({ work: isText }),
};

function isHint(value: unknown): value is Hint {
  if (!isObject(value) || typeof value.kind !== 'string' || !Object.hasOwn(SHAPES, value.kind)) return false;
  return SHAPES[value.kind as Hint['kind']](value);
}
