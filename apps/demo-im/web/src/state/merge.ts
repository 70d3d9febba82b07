import type { Message } from '../api/types';

/**
 * Two accounts of one message. Receipts and recalls only ever move forward, so what either of them knows is true, in whatever order
 * answers and signals come in.
 */
export function merged(old: Message, fresh: Message): Message {
  const recalled = old.recalled === true || fresh.recalled === true;
  return {
    ...fresh,
    ...(recalled ? { recalled, text: '' } : {}),
    pushId: fresh.pushId ?? old.pushId,
    delivered: union(old.delivered, fresh.delivered),
    read: union(old.read, fresh.read),
  };
}

export const union = (left: readonly string[], right: readonly string[]): readonly string[] => [
  ...new Set([...left, ...right]),
];
