import type { Composed, Retraction } from '../../offline/composed.js';
import type { Address } from '../provider.js';

/**
 * Whom it is for, and what would be shown: the whole notification, for whoever shows it in a way of their own. Standard Webhooks:
 * `type`, `timestamp` (ISO 8601) and `data`. Times within `data` are Unix milliseconds.
 */
export function notificationEvent({ user, device }: Address, composed: Composed, now: number): string {
  const { id, messageId, title, body, image, badge, sound, category, thread, collapseKey, priority, expiresAt, data } =
    composed;
  const shown = { title, body, image, badge, sound, category };
  return event('notification', now, {
    ...{ id, user, device, messageId, thread, collapseKey, priority, expiresAt },
    ...shown,
    data,
  });
}

export function retractedEvent({ user, device }: Address, retraction: Retraction, now: number): string {
  const { notificationId, messageId, thread, collapseKey, badge, reason } = retraction;
  const data = { id: notificationId, user, device, messageId, thread, collapseKey, badge, reason };
  return event('notification.retracted', now, data);
}

/** Asks for nothing: the answer shows whether address and secret are right. */
export const pingEvent = (now: number): string => event('ping', now, {});

const event = (type: string, now: number, data: object): string =>
  JSON.stringify({ type, timestamp: new Date(now).toISOString(), data });
