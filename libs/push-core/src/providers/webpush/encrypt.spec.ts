import { createECDH } from 'node:crypto';
import { expect, it } from '@jest/globals';
import * as ece from 'http_ece';
import { createEncrypter as createRealEncrypter, PLAINTEXT_BYTES, seal, type Recipient } from './encrypt.js';

const bytes = (base64url: string) => Buffer.from(base64url, 'base64url');

/** RFC 8291, section 5 and appendix A. */
const RFC = {
  plaintext: 'V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24',
  senderPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  senderPublic: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  receiverPrivate: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  receiverPublic: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  secret: 'kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs',
  body:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl' +
    '95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};

function subscriber() {
  const keys = createECDH('prime256v1');
  const publicKey = keys.generateKeys();
  return { keys, to: { publicKey, auth: Buffer.alloc(16, 7) } };
}

/** For recipients whose keys are good. */
function createEncrypter() {
  const encrypt = createRealEncrypter();
  return (plaintext: Buffer, to: Recipient): Buffer => encrypt(plaintext, to) as Buffer;
}

const decrypted = (body: Buffer, { keys, to }: ReturnType<typeof subscriber>): Buffer =>
  ece.decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: to.auth.toString('base64url') });

it('comes to what RFC 8291 says in its example', () => {
  const sender = createECDH('prime256v1');
  sender.setPrivateKey(bytes(RFC.senderPrivate));
  expect(sender.getPublicKey('base64url')).toBe(RFC.senderPublic);
  const secret = sender.computeSecret(bytes(RFC.receiverPublic));
  expect(secret.toString('base64url')).toBe(RFC.secret);
  const to = { publicKey: bytes(RFC.receiverPublic), auth: bytes(RFC.auth) };
  const body = seal(bytes(RFC.plaintext), to, { senderKey: sender.getPublicKey(), secret, salt: bytes(RFC.salt) });
  expect(body.toString('base64url')).toBe(RFC.body);
});

it.each([0, 1, 15, 16, 17, 1000, PLAINTEXT_BYTES])('is read by http_ece, with %d bytes in it', (length) => {
  const reader = subscriber();
  const plaintext = Buffer.alloc(length, 'äbc');
  expect(decrypted(createEncrypter()(plaintext, reader.to), reader).equals(plaintext)).toBe(true);
});

it('makes bodies of 4096 bytes of the longest plaintext', () => {
  expect(PLAINTEXT_BYTES).toBe(3993);
  expect(createEncrypter()(Buffer.alloc(PLAINTEXT_BYTES), subscriber().to)).toHaveLength(4096);
});

it('takes a new key pair and a new salt for each message', () => {
  const encrypt = createEncrypter();
  const { to } = subscriber();
  const salts = new Set<string>();
  const keys = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const body = encrypt(Buffer.from('x'), to);
    salts.add(body.subarray(0, 16).toString('hex'));
    keys.add(body.subarray(21, 86).toString('hex'));
  }
  expect([salts.size, keys.size]).toEqual([600, 600]);
});

it('cannot be read by somebody else, nor changed on the way', () => {
  const encrypt = createEncrypter();
  const reader = subscriber();
  const body = encrypt(Buffer.from('secret'), reader.to);
  expect(() => decrypted(body, subscriber())).toThrow();
  const changed = Buffer.from(body);
  changed[90] = (changed[90] as number) ^ 1;
  expect(() => decrypted(changed, reader)).toThrow();
});

it('agrees with no key that is not on the curve', () => {
  const { to } = subscriber();
  const beside = Buffer.from(to.publicKey);
  beside[64] = (beside[64] as number) ^ 1;
  expect(createRealEncrypter()(Buffer.from('x'), { ...to, publicKey: beside })).toBeUndefined();
  expect(createRealEncrypter()(Buffer.from('x'), { ...to, publicKey: Buffer.alloc(65, 4) })).toBeUndefined();
});
