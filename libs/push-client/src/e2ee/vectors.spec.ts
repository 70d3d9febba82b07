import { createDecipheriv, createECDH, createHash, createPublicKey, hkdfSync, verify } from 'node:crypto';
import { checkBundle } from './bundle.js';
import { VECTORS } from '../testing/e2ee-vectors.js';
import { MemoryDirectory, MemoryKeys, openE2ee, type KeyBundle } from './index.js';
import { Primitives } from './primitives.js';
import { fingerprintOf, safetyNumberOf } from './safety-number.js';
import { platformCrypto } from './web-crypto.js';

const { ann, bob, entry, content, safetyNumber } = VECTORS;
const subtle = globalThis.crypto.subtle as any;

/** A store as a device left it that had these keys. */
async function storeOf({ bundle, sign, agree, identity, keyId }: typeof ann): Promise<MemoryKeys> {
  const store = new MemoryKeys();
  const load = async (jwk: any, name: string, [forPrivate, forPublic]: string[][]) => {
    const { d: _, ...open } = jwk;
    const algorithm = { name, namedCurve: 'P-256' };
    return {
      privateKey: await subtle.importKey('jwk', jwk, algorithm, false, forPrivate),
      publicKey: await subtle.importKey('jwk', open, algorithm, true, forPublic),
    };
  };
  const self = {
    user: bundle.user,
    device: bundle.device,
    identity,
    sign: await load(sign, 'ECDSA', [['sign'], ['verify']]),
    point: new Uint8Array(Buffer.from(bundle.sign, 'base64url')),
    agreements: [
      {
        keyId,
        pair: await load(agree, 'ECDH', [['deriveBits'], []]),
        point: new Uint8Array(Buffer.from(bundle.agree, 'base64url')),
        madeAt: bundle.madeAt,
      },
    ],
    lastAt: 0,
  };
  await store.change('self', () => self);
  return store;
}

async function session(of: typeof ann) {
  const directory = new MemoryDirectory();
  for (const { bundle } of [ann, bob]) await directory.publish(bundle as KeyBundle);
  return openE2ee({ user: of.bundle.user, device: of.bundle.device, store: await storeOf(of), directory });
}

describe('what was sealed with fixed keys', () => {
  it('opens', async () => {
    for (const reader of [bob, ann]) {
      expect(await (await session(reader)).open(entry as never)).toMatchObject({
        kind: 'opened',
        ...content,
        sender: { user: 'ann', device: 'phone', identity: ann.identity },
        sealedAt: 1_790_000_000_002,
      });
    }
  });

  it('has the names, fingerprints and safety number it had', async () => {
    const primitives = new Primitives(platformCrypto()!);
    const checked = await Promise.all([ann, bob].map(async ({ bundle }) => (await checkBundle(primitives, bundle))!));
    expect(checked.map(({ identity }) => identity)).toEqual([ann.identity, bob.identity]);
    expect(checked.map(({ keyId }) => keyId)).toEqual([ann.keyId, bob.keyId]);
    const prints = await Promise.all(checked.map((one) => fingerprintOf(primitives, one)));
    expect(prints).toEqual([ann.fingerprint, bob.fingerprint]);
    expect(await safetyNumberOf(primitives, ['bob', 'ann'], checked)).toBe(safetyNumber);
    expect(await (await session(ann)).safetyNumber('bob')).toBe(safetyNumber);
  });

  it('opens by what the page says about the format, without this code', () => {
    const { data, type, thread } = entry;
    const bytes = (text: string) => Buffer.from(text, 'base64url');
    const joined = (...parts: (string | Buffer)[]) =>
      Buffer.concat(
        parts.flatMap((part) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(Buffer.byteLength(part));
          return [length, Buffer.from(part as string)];
        }),
      );
    const { user, device, identity } = data.from;
    const head = joined(data.id, user, device, identity, String(data.at), bytes(data.eph), type, thread);

    const box = bytes(data.box);
    const to = joined(...data.to.flatMap(([keyId, wrapped]) => [keyId!, bytes(wrapped!)]));
    const signed = joined('nest-push e2ee 1 signature', head, to, box);
    const signer = createPublicKey({ key: { ...ann.sign, d: undefined } as never, format: 'jwk' });
    const isGood = verify('sha256', signed, { key: signer, dsaEncoding: 'ieee-p1363' }, bytes(data.sig));
    expect(isGood).toBe(true);

    const context = joined('nest-push e2ee 1 wrap', head, 'bob', 'laptop', bob.keyId);
    const own = createECDH('prime256v1');
    own.setPrivateKey(bytes(bob.agree.d));
    const shared = own.computeSecret(bytes(data.eph));
    const key = Buffer.from(hkdfSync('sha256', shared, bytes(data.eph), context, 32));
    const open = (secret: Buffer, sealed: Buffer, aad: Buffer) => {
      const aes = createDecipheriv('aes-256-gcm', secret, Buffer.alloc(12)).setAAD(aad);
      aes.setAuthTag(sealed.subarray(-16));
      return Buffer.concat([aes.update(sealed.subarray(0, -16)), aes.final()]);
    };
    const [, wrapped] = data.to.find(([keyId]) => keyId === bob.keyId)!;
    const contentKey = open(key, bytes(wrapped!), context);
    const plain = open(contentKey, box, joined('nest-push e2ee 1 box', head));
    expect(plain).toHaveLength(256);
    const text = plain.subarray(0, plain.lastIndexOf(0x80)).toString();
    expect(JSON.parse(text)).toEqual({ d: content.data, n: content.notification });
    const id = createHash('sha256')
      .update(joined('nest-push e2ee 1 agreement', bytes(bob.bundle.agree)))
      .digest();
    expect(id.subarray(0, 16).toString('base64url')).toBe(bob.keyId);
  });
});
