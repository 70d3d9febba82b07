export { openE2ee, E2eeSession } from './session.js';
export type { E2eeOptions, SealedEntry, SealOptions } from './session.js';
export { sealedMessages } from './sealed-messages.js';
export type {
  MessageSource,
  OpenedMessage,
  SealedMessageEvents,
  SealedMessages,
  UnreadableMessage,
} from './sealed-messages.js';
export { openNotification } from './notification.js';
export type { SealedPush } from './notification.js';
export type { SealedNotification } from './content.js';
export type { Place, SealedData } from './envelope.js';
export type { LeftOut, Opened, OpenOutcome, SealOutcome, Unreadable, VerifiedSender } from './outcome.js';
export type { KeyBundle } from './bundle.js';
export { MemoryKeys } from './key-store.js';
export type { KeyStore } from './key-store.js';
export { IndexedDbKeys } from './indexed-db-keys.js';
export type { IndexedDbKeysOptions } from './indexed-db-keys.js';
export { MemoryDirectory } from './key-directory.js';
export type { KeyDirectory } from './key-directory.js';
export { HttpDirectory } from './http-directory.js';
export type { HttpDirectoryOptions } from './http-directory.js';
export type { DeviceName, KeyChange, KnownDevice, NewDevice, NewDevices, TrustEvents } from './trust-book.js';
export type { CryptoKeyPairSlice, CryptoKeySlice, SubtleSlice, WebCryptoSlice } from './web-crypto.js';
