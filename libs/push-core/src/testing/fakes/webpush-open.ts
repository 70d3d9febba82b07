import { createDecipheriv, hkdfSync, type ECDH } from 'node:crypto';

/** Decrypts a push for a subscriber; throws where it cannot. */
export type OpenWebPush = (body: Buffer, keys: ECDH, auth: Buffer) => Buffer;

/** The receiving side of RFC 8291, step by step as it is written there. */
export const openWebPush: OpenWebPush = (body, keys, auth) => {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const keyLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + keyLength);
  const record = body.subarray(21 + keyLength);
  if (keyLength !== 65 || record.length > recordSize) throw new Error('one record, and a key of 65 bytes before it');

  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey]);
  const inputKey = expand(keys.computeSecret(senderKey), auth, keyInfo, 32);
  const contentKey = expand(inputKey, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = expand(inputKey, salt, Buffer.from('Content-Encoding: nonce\0'), 12);

  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('the last record ends in 2, and zeros after it');
  return padded.subarray(0, end);
};

const expand = (key: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));
