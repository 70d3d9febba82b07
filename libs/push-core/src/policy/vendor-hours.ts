import type { MessageClass, ProviderTraits } from '../providers/provider.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Openings {
  /** Channels that take this class now, in their order. */
  readonly open: readonly string[];
  /** When the first of the others does. Unix milliseconds. */
  readonly next?: number;
}

/** Which of these channels take a class of message at this time. What has no hours takes it always. */
export function openings(
  now: number,
  channels: readonly string[],
  messageClass: MessageClass,
  traits: (provider: string) => ProviderTraits | undefined,
): Openings {
  const open: string[] = [];
  let next: number | undefined;
  for (const channel of channels) {
    const opens = opensAt(now, traits(channel), messageClass);
    if (opens <= now) open.push(channel);
    else next = Math.min(next ?? opens, opens);
  }
  return { open, next };
}

function opensAt(now: number, traits: ProviderTraits | undefined, messageClass: MessageClass): number {
  const hours = traits?.hours?.[messageClass];
  if (!hours) return now;
  const [from, to] = [hours[0] * HOUR, hours[1] * HOUR];
  const local = now + (traits?.dayOffsetMs ?? 0);
  const time = ((local % DAY) + DAY) % DAY;
  const isOpen = from <= to ? time >= from && time < to : time >= from || time < to;
  if (isOpen) return now;
  return now + ((from - time + DAY) % DAY);
}
