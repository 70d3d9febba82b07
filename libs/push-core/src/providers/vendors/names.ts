import { createHash } from 'node:crypto';
import type { Parcel } from './dialect.js';

/** What later ones replace and retractions name: the same for a notification and for what takes it back. */
export interface Subject {
  readonly messageId: string;
  readonly collapseKey?: string;
}

const subjectOf = ({ collapseKey, messageId }: Subject): string => collapseKey ?? messageId;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A positive 31-bit number for vendors who count notifications. */
export const notifyNumber = (subject: Subject): number => hash(subjectOf(subject)).readUInt32BE() >>> 1 || 1;

/** Letters, digits, `_` and `-`; 48 bits in 8 of them. */
export const notifyKey = (subject: Subject): string => hash(subjectOf(subject)).toString('base64url').slice(0, 8);

/** A name for a request with these notifications, the same whenever they go out together again; the one's own where it is one. */
export function parcelKey(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : hash(ids.join('\n')).toString('base64url').slice(0, 32);
}

/**
 * What a vendor calls a request that carried several tokens names none of them: each gets a share of it, so that its name leads
 * back to one device, and nobody takes back everybody's.
 */
export function shareOf(vendorId: string, token: string, parcel: Pick<Parcel, 'items'>): string {
  return parcel.items.length === 1 ? vendorId : sharedName(vendorId, token);
}

export const sharedName = (vendorId: string, token: string): string =>
  `${vendorId}#${hash(token).toString('base64url').slice(0, 12)}`;

/** undefined: it went to others too. */
export const ownName = (providerId: string | undefined): string | undefined =>
  providerId?.includes('#') ? undefined : providerId;
