import { codeOf, isObject, listOf } from './answer.js';
import { bothNames, readParam, type CallbackEvent, type CallbackReading } from './callback.js';

export interface TargetsOptions {
  /** The field that holds the param, the tokens, the kind of event, the time. */
  readonly kindOf: (
    entry: Readonly<Record<string, unknown>>,
    id: string,
  ) => Pick<CallbackEvent, 'kind' | 'reason'> | undefined;
  /** The vendor's name for the notification, from the entry's own name. */
  readonly idOf?: (name: string) => string;
  readonly secret: string;
}

/** `{"<message id>": {param, targets, …}}`: how three of them tell receipts. What does not carry our own signed param does not count. */
export function readTargets(json: unknown, { kindOf, idOf = (name) => name, secret }: TargetsOptions): CallbackReading {
  if (!isObject(json)) return { kind: 'refused', reason: 'unreadable' };
  const entries = Object.entries(json).filter((entry): entry is [string, Readonly<Record<string, unknown>>] =>
    isObject(entry[1]),
  );
  const known = entries.filter(([, entry]) => readParam(entry.param, secret) !== undefined);
  if (known.length === 0) return { kind: 'refused', reason: 'signature' };
  const events = known.flatMap(([name, entry]): CallbackEvent[] => {
    const said = kindOf(entry, name);
    if (!said) return [];
    const at = Number(codeOf(entry.timestamp));
    return listOf(entry.targets).map((token) => ({
      ...said,
      notificationId: readParam(entry.param, secret),
      providerIds: bothNames(idOf(name), token),
      token,
      at: at > 0 ? at : undefined,
    }));
  });
  return { kind: 'events', events };
}
