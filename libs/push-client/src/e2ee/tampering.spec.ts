import * as fc from 'fast-check';
import { checkBundle } from './bundle.js';
import { seal, type Sender } from './seal.js';
import { fromBase64Url, toBase64Url } from './bytes.js';
import { readEnvelope, signedPart, writeEnvelope, type Envelope } from './envelope.js';
import { MemoryKeys, openE2ee, type E2eeSession, type SealedData } from './index.js';
import { OwnKeys } from './own-keys.js';
import { Primitives } from './primitives.js';
import { platformCrypto, type WebCryptoSlice } from './web-crypto.js';
import { E2eeWorld, said, sealed } from '../testing/e2ee-world.js';

let world: E2eeWorld;
let ann: E2eeSession;
let bob: E2eeSession;
beforeEach(async () => {
  world = new E2eeWorld();
  [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
});

const copyOf = (data: SealedData): any => JSON.parse(JSON.stringify(data));

describe('a sealed message in which something was changed does not open', () => {
  it('whichever bit of it', async () => {
    const data = await sealed(ann, ['bob'], { text: 'Hi!' });
    const places: [string, (envelope: any) => string, (envelope: any, text: string) => void][] = [
      ['id', (e) => e.id, (e, text) => (e.id = text)],
      ['eph', (e) => e.eph, (e, text) => (e.eph = text)],
      ['box', (e) => e.box, (e, text) => (e.box = text)],
      ['sig', (e) => e.sig, (e, text) => (e.sig = text)],
      ...[0, 1].flatMap((at): typeof places => [
        [`to ${at} key`, (e) => e.to[at][0], (e, text) => (e.to[at][0] = text)],
        [`to ${at} wrapped`, (e) => e.to[at][1], (e, text) => (e.to[at][1] = text)],
      ]),
    ];
    const property = fc.asyncProperty(fc.constantFrom(...places), fc.nat(), async ([name, read, write], anywhere) => {
      const envelope = copyOf(data);
      const bytes = fromBase64Url(read(envelope))!;
      const bit = anywhere % (bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      write(envelope, toBase64Url(bytes));
      expect([name, bit, said(await bob.open(world.entry(envelope)))]).toEqual([name, bit, 'tampered']);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('nor a character of its text: there is one spelling only', async () => {
    const data = await sealed(ann, ['bob'], { text: 'Hi!' });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const field of ['id', 'eph', 'box', 'sig'] as const) {
      const text = data[field];
      // The last character of bytes that end between characters has bits that say nothing.
      for (const last of alphabet.replace(text.at(-1)!, '')) {
        const changed = { ...copyOf(data), [field]: text.slice(0, -1) + last };
        expect([field, last, said(await bob.open(world.entry(changed)))]).toEqual([field, last, 'tampered']);
      }
      for (const changed of [text.slice(0, -1), `${text}A`, `${text}=`, ` ${text}`, '', 7, null, [text]]) {
        expect(said(await bob.open(world.entry({ ...copyOf(data), [field]: changed })))).toBe('tampered');
      }
    }
  });

  it.each<[string, (data: any) => unknown]>([
    ['the time', (data) => (data.at += 1)],
    ['a recipient less', (data) => data.to.pop()],
    ['the reader’s own key less', (data) => data.to.shift()],
    ['recipients in another order', (data) => data.to.reverse()],
    ['a recipient twice', (data) => data.to.push(data.to[0])],
    ['recipients’ keys exchanged', (data) => ([data.to[0][1], data.to[1][1]] = [data.to[1][1], data.to[0][1]])],
    ['a field more', (data) => (data.note = 'x')],
    ['a field more in the sender', (data) => (data.from.name = 'x')],
    ['nobody it is for', (data) => (data.to = [])],
    ['a list that is none', (data) => (data.to = { 0: data.to[0], length: 1 })],
    ['the end cut off', (data) => (data.box = data.box.slice(0, 40))],
  ])('%s', async (_what, change) => {
    const data = copyOf(await sealed(ann, ['bob'], 'Hi!'));
    change(data);
    expect(said(await bob.open(world.entry(data)))).toBe('tampered');
  });

  it('nor in another thread, without one, or as another type', async () => {
    const data = await sealed(ann, ['bob'], 'Yes, delete it');
    for (const place of [{ thread: 'other' }, { thread: undefined }, { type: 'order' }]) {
      expect(said(await bob.open(world.entry(data, place)))).toBe('tampered');
    }
    expect(said(await bob.open(world.entry(data)))).toBe('Yes, delete it');
  });

  it('nor under another sender’s name', async () => {
    const eve = await world.device('eve/phone');
    const data = copyOf(await sealed(eve, ['bob'], 'Hi!'));
    data.from = { user: 'ann', device: 'phone', identity: eve.identity };
    expect(said(await bob.open(world.entry(data)))).toBe('unknownSender');
    data.from = { user: 'ann', device: 'phone', identity: ann.identity };
    expect(said(await bob.open(world.entry(data)))).toBe('tampered');
  });
});

it('whatever is sent, opening it answers', async () => {
  const data = copyOf(await sealed(ann, ['bob'], 'Hi!'));
  const property = fc.asyncProperty(fc.anything(), fc.constantFrom(...Object.keys(data)), async (junk, field) => {
    expect(said(await bob.open(world.entry({ ...data, [field]: junk })))).not.toBe('opened');
    await bob.open(world.entry(junk));
  });
  await fc.assert(property, { numRuns: 500 });
});

/** The platform's, in which what is bound to a ciphertext is forgotten: all of it, or what derives keys too. */
function without(what: 'additionalData' | 'additionalData and info'): WebCryptoSlice {
  const real = platformCrypto()!;
  const bare = (algorithm: any) =>
    algorithm.name === 'AES-GCM'
      ? { name: algorithm.name, iv: algorithm.iv }
      : algorithm.name === 'HKDF' && what === 'additionalData and info'
        ? { ...algorithm, info: new Uint8Array() }
        : algorithm;
  const subtle = new Proxy(real.subtle, {
    get: (target, name) => {
      const method = (target as any)[name].bind(target);
      return ['encrypt', 'decrypt', 'deriveBits'].includes(String(name))
        ? (algorithm: any, ...rest: unknown[]) => method(bare(algorithm), ...rest)
        : method;
    },
  });
  return { subtle, getRandomValues: (into) => real.getRandomValues(into) };
}

/** Eve, whom bob knows, puts her name and signature on what ann sealed and eve cannot read. */
async function stolen(crypto?: WebCryptoSlice) {
  const own = new E2eeWorld();
  const device = (name: string) => own.device(name, { crypto });
  const [victim, reader] = [await device('ann/phone'), await device('bob/phone')];
  const store = new MemoryKeys();
  const eve = await openE2ee({ user: 'eve', device: 'phone', store, directory: own.directory });
  await eve.publishKeys();
  const primitives = new Primitives(platformCrypto()!);
  const keys = await OwnKeys.load(primitives, store, { user: 'eve', device: 'phone', now: 1 });
  const read = readEnvelope(await sealed(victim, ['bob'], 'by ann'));
  const { sig: _, ...theirs } = (read as { envelope: Envelope }).envelope;
  const mine = { ...theirs, from: { user: 'eve', device: 'phone', identity: eve.identity } };
  const place = { type: 'chat', thread: 'room' };
  const sig = await primitives.sign(keys.signer, signedPart(mine, place));
  return reader.open(own.entry(writeEnvelope({ ...mine, sig })));
}

describe('what another one sealed', () => {
  it('cannot be claimed with a signature of one’s own', async () => {
    expect(said(await stolen())).toBe('tampered');
  });

  it('sabotage: it could, were content and keys not bound to their sender', async () => {
    expect(said(await stolen(without('additionalData')))).toBe('tampered');
    expect(await stolen(without('additionalData and info'))).toMatchObject({ data: 'by ann', sender: { user: 'eve' } });
  });
});

it('a recipient who knows the content key cannot put other words in the sender’s mouth', async () => {
  const store = new MemoryKeys();
  const eve = await world.device('eve/phone', { store });
  const primitives = new Primitives(platformCrypto()!);
  const keys = await OwnKeys.load(primitives, store, { user: 'eve', device: 'phone', now: 1 });
  const sender: Sender = { user: 'ann', device: 'phone', identity: ann.identity, signer: keys.signer };
  const [bundle] = await world.directory.bundlesOf(['bob']);
  const recipient = (await checkBundle(primitives, bundle))!;
  const place = { type: 'chat', thread: 'room' };
  const forged = await seal(primitives, sender, { recipients: [recipient], content: { data: 'x' }, place, at: 1 });
  expect(said(await bob.open(world.entry(forged)))).toBe('tampered');
  expect(eve.user).toBe('eve');
});
