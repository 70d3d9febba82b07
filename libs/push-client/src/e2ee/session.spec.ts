import type { KeyChange, NewDevice } from './index.js';
import { MemoryKeys, openE2ee } from './index.js';
import { E2eeWorld, said, sealed } from '../testing/e2ee-world.js';

let world: E2eeWorld;
beforeEach(() => (world = new E2eeWorld()));

describe('a sealed message', () => {
  it('opens on every device of the recipient and on the sender’s other one', async () => {
    const [phone, laptop, bob] = [
      await world.device('ann/phone'),
      await world.device('ann/laptop'),
      await world.device('bob/phone'),
    ];
    const outcome = await bob.sealFor(['ann'], { text: 'Hi!' }, { type: 'chat', thread: 'room' });
    expect(outcome).toMatchObject({ kind: 'sealed', devices: 3, leftOut: [], unreachable: [] });
    const entry = world.entry(outcome.kind === 'sealed' && outcome.data);
    for (const device of [phone, laptop, bob]) {
      expect(await device.open(entry)).toMatchObject({
        kind: 'opened',
        data: { text: 'Hi!' },
        sender: { user: 'bob', device: 'phone', identity: bob.identity },
        isAgain: false,
        isOvertaken: false,
      });
    }
  });

  it('shows nothing of what it says, and its size by the bucket', async () => {
    const [ann] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const short = await sealed(ann, ['bob'], { text: 'c4n4ry' }, { notification: { body: 'c4n4ry' } });
    const long = await sealed(ann, ['bob'], { text: 'c4n4ry'.padEnd(150, '!') });
    expect(JSON.stringify(short)).not.toContain('c4n4ry');
    expect(short.box.length).toBe(long.box.length);
    expect(JSON.stringify(short).length).toBeLessThan(1024);
  });

  it('does not open on a device that was added later, and says so', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const entry = world.entry(await sealed(ann, ['bob'], 'Hi!'));
    const tablet = await world.device('bob/tablet');
    expect(await tablet.open(entry)).toMatchObject({ kind: 'notForThisDevice', sender: { user: 'ann' } });
    expect(said(await bob.open(entry))).toBe('Hi!');
    const later = world.entry(await sealed(ann, ['bob'], 'Welcome'));
    expect(said(await tablet.open(later))).toBe('Welcome');
  });

  it('is not made where nobody could open it', async () => {
    const ann = await world.device('ann/phone');
    expect(await ann.sealFor(['bob'], 1, { type: 'chat' })).toEqual({ kind: 'noDevices' });
    await world.device('cleo/phone');
    expect(await ann.sealFor(['bob', 'cleo'], 1, { type: 'chat' })).toMatchObject({ unreachable: ['bob'] });
  });

  it('says how many devices fit where they are too many, and that is true', async () => {
    const ann = await world.device('ann/phone');
    for (let index = 0; index < 12; index++) await world.device(`bob/d${index}`);
    const data = 'x'.repeat(48 * 1024 - 1000);
    const outcome = await ann.sealFor(['bob'], data, { type: 'chat' });
    expect(outcome).toMatchObject({ kind: 'tooLarge', maxBytes: 65_536, devices: 13 });
    const { fits } = outcome as { fits: number };
    expect(fits).toBeLessThan(13);
    for (let index = 11; index >= fits - 1; index--) await world.directory.remove('bob', `d${index}`);
    expect(await ann.sealFor(['bob'], data, { type: 'chat' })).toMatchObject({
      ...(fits > 1 ? { kind: 'sealed', devices: fits } : { kind: 'noDevices' }),
    });
  });

  it('that is none is told apart from one of a later version', async () => {
    const ann = await world.device('ann/phone');
    expect(await ann.open(world.entry({ text: 'Hi!' }))).toEqual({ kind: 'notSealed' });
    expect(await ann.open(world.entry(undefined))).toEqual({ kind: 'notSealed' });
    expect(await ann.open(world.entry({ e2ee: 2 }))).toEqual({ kind: 'unsupported', version: 2 });
    expect(await ann.open(world.entry({ e2ee: 1 }))).toEqual({ kind: 'tampered' });
  });
});

describe('the same entry', () => {
  it('opens as often as the server sends it', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const entry = world.entry(await sealed(ann, ['bob'], 'Hi!'));
    await bob.open(entry);
    expect(await bob.open(entry)).toMatchObject({ kind: 'opened', isAgain: true });
  });

  it('does not open as another entry', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const data = await sealed(ann, ['bob'], 'Pay 10');
    await bob.open(world.entry(data));
    expect(await bob.open(world.entry(data))).toMatchObject({ kind: 'replayed', sender: { user: 'ann' } });
  });

  it('nor long after, when what came first is no longer remembered one by one', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const first = await sealed(ann, ['bob'], 0);
    await bob.open(world.entry(first));
    for (let index = 0; index < 260; index++) await bob.open(world.entry(await sealed(ann, ['bob'], index)));
    expect(said(await bob.open(world.entry(first)))).toBe('replayed');
    expect(said(await bob.open(world.entry(first), { isKnown: true }))).toBe(0);
  });

  it('that was overtaken opens, and says so', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const [first, second] = [await sealed(ann, ['bob'], 1), await sealed(ann, ['bob'], 2)];
    await bob.open(world.entry(second));
    expect(await bob.open(world.entry(first))).toMatchObject({ kind: 'opened', data: 1, isOvertaken: true });
  });
});

describe('a key change', () => {
  it('stops sealing and believing until the user accepts it', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    await sealed(ann, ['bob'], 'Hi!');
    const changes: KeyChange[] = [];
    ann.on('keyChange', (change) => changes.push(change));
    const impostor = await world.device('bob/phone');
    const change = { user: 'bob', device: 'phone', identity: impostor.identity, pinned: bob.identity };
    expect(await ann.sealFor(['bob'], 'secret', { type: 'chat' })).toEqual({ kind: 'keyChanged', changes: [change] });
    expect(await ann.sealFor(['bob'], 'secret', { type: 'chat', leaveOut: true })).toEqual({ kind: 'noDevices' });
    const entry = world.entry(await sealed(impostor, ['ann'], 'It is me'));
    expect(await ann.open(entry)).toEqual({ kind: 'keyChanged', change });
    expect(changes).toEqual([change]);

    expect(await ann.accept({ ...change, identity: 'another one' })).toBe(false);
    expect(await ann.accept(change, { isVerified: true })).toBe(true);
    expect(await ann.open(entry)).toMatchObject({ kind: 'opened', sender: { isVerified: true } });
    expect(said(await impostor.open(world.entry(await sealed(ann, ['bob'], 'secret'))))).toBe('secret');
    // And the old one is now the other one.
    const old = world.entry(await sealed(bob, ['ann'], 'No, me', { leaveOut: true }));
    expect(said(await ann.open(old))).toBe('unknownSender');
  });

  it('is left out where the caller wants the others to read it', async () => {
    const ann = await world.device('ann/phone');
    await world.device('bob/phone');
    const tablet = await world.device('bob/tablet');
    await sealed(ann, ['bob'], 'Hi!');
    const fresh = await world.device('bob/phone');
    const outcome = await ann.sealFor(['bob'], 'Hi!', { type: 'chat', thread: 'room', leaveOut: true });
    expect(outcome).toMatchObject({ leftOut: [{ user: 'bob', device: 'phone', reason: 'keyChanged' }] });
    const entry = world.entry(outcome.kind === 'sealed' && outcome.data);
    expect(said(await tablet.open(entry))).toBe('Hi!');
    expect(said(await fresh.open(entry))).toBe('notForThisDevice');
  });

  it('is no renewal: that goes unnoticed, and closes what is old after a while', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const before = world.entry(await sealed(ann, ['bob'], 'before'));
    const between = world.entry(await sealed(ann, ['bob'], 'between'));
    await bob.renewKeys();
    expect(said(await bob.open(before))).toBe('before');
    expect(said(await bob.open(world.entry(await sealed(ann, ['bob'], 'after'))))).toBe('after');
    world.now += 31 * 24 * 3600 * 1000;
    await bob.renewKeys();
    expect(said(await bob.open(between))).toBe('notForThisDevice');
    expect(said(await bob.open(world.entry(await sealed(ann, ['bob'], 'later'))))).toBe('later');
  });

  it('that only brings back an old bundle is not followed', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const [old] = await world.directory.bundlesOf(['bob']);
    await bob.renewKeys();
    await sealed(ann, ['bob'], 'Hi!');
    await world.directory.publish(old as never);
    expect(await ann.sealFor(['bob'], 'Hi!', { type: 'chat' })).toEqual({ kind: 'noDevices' });
  });
});

describe('devices', () => {
  it('are told when they are new; with "confirm" they wait', async () => {
    const seen: NewDevice[] = [];
    const ann = await world.device('ann/phone', { newDevices: 'confirm' });
    ann.on('newDevice', (device) => seen.push(device));
    const bob = await world.device('bob/phone');
    const entry = world.entry(await sealed(bob, ['ann'], 'Hi!'));
    expect(said(await ann.open(entry))).toBe('unconfirmedSender');
    expect(await ann.sealFor(['bob'], 1, { type: 'chat' })).toEqual({ kind: 'noDevices' });
    expect(seen).toEqual([{ user: 'bob', device: 'phone', identity: bob.identity, isTrusted: false }]);
    await ann.accept({ user: 'bob', device: 'phone', identity: bob.identity });
    expect(said(await ann.open(entry))).toBe('Hi!');
  });

  it('that are removed are neither sealed for nor believed', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const lost = await world.device('bob/old');
    await sealed(ann, ['bob'], 1);
    await ann.remove({ user: 'bob', device: 'old' });
    const outcome = await ann.sealFor(['bob'], 'Hi!', { type: 'chat', thread: 'room' });
    expect(outcome).toMatchObject({ leftOut: [{ device: 'old', reason: 'removed' }] });
    const entry = world.entry(outcome.kind === 'sealed' && outcome.data);
    expect([said(await bob.open(entry)), said(await lost.open(entry))]).toEqual(['Hi!', 'notForThisDevice']);
    expect(said(await ann.open(world.entry(await sealed(lost, ['ann'], 'still here'))))).toBe('removedDevice');
    await bob.remove({ user: 'bob', device: 'old' }, { forAll: true });
    expect(await world.directory.bundlesOf(['bob'])).toHaveLength(1);
  });

  it('have the same safety number on both sides, and another where somebody stands between them', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    await world.device('ann/laptop');
    const [left, right] = [await ann.safetyNumber('bob'), await bob.safetyNumber('ann')];
    expect(left).toMatch(/^(\d{5} ){11}\d{5}$/);
    expect(right).toBe(left);
    expect((await bob.devicesOf('ann')).map(({ device }) => device)).toEqual(['phone', 'laptop']);

    // The directory shows bob a device of ann's that she does not have.
    const ghost = new E2eeWorld();
    await ghost.device('ann/phone2');
    const [bundle] = await ghost.directory.bundlesOf(['ann']);
    const honest = world.directory.bundlesOf.bind(world.directory);
    world.directory.bundlesOf = async (users) => [...(await honest(users)), bundle];
    const shown = await bob.safetyNumber('ann');
    world.directory.bundlesOf = honest;
    expect(shown).not.toBe(await ann.safetyNumber('bob'));
  });
});

describe('a directory that lies', () => {
  it('about who signed a bundle gets nothing sealed for it', async () => {
    const ann = await world.device('ann/phone');
    await world.device('bob/phone');
    const eve = new E2eeWorld();
    await eve.device('bob/phone');
    const [[good], [bad]] = [await world.directory.bundlesOf(['bob']), await eve.directory.bundlesOf(['bob'])] as any[];
    for (const forged of [
      { ...good, agree: bad.agree },
      { ...good, signature: bad.signature },
      { ...good, device: 'tablet' },
      { ...good, madeAt: good.madeAt + 1 },
      { ...good, more: 1 },
      { ...good, sign: good.sign.slice(0, -4) },
      null,
      'x',
    ]) {
      world.directory.bundlesOf = () => Promise.resolve([forged]);
      expect(await ann.sealFor(['bob'], 'secret', { type: 'chat' })).toEqual({ kind: 'noDevices' });
    }
  });

  it('about whom was asked gets nothing sealed for another user', async () => {
    const ann = await world.device('ann/phone');
    await world.device('eve/phone');
    const [eves] = await world.directory.bundlesOf(['eve']);
    world.directory.bundlesOf = () => Promise.resolve([eves]);
    expect(await ann.sealFor(['bob'], 'secret', { type: 'chat' })).toEqual({ kind: 'noDevices' });
  });

  it('about this very device does not make it another', async () => {
    const store = new MemoryKeys();
    const ann = await world.device('ann/phone', { store });
    await world.device('bob/phone');
    await world.device('ann/phone');
    expect(await ann.sealFor(['bob'], 'secret', { type: 'chat' })).toMatchObject({ kind: 'keyChanged' });
  });
});

describe('keys', () => {
  it('are those of before after a restart, with the counter', async () => {
    const store = new MemoryKeys();
    const [before, bob] = [await world.device('ann/phone', { store }), await world.device('bob/phone')];
    await bob.open(world.entry(await sealed(before, ['bob'], 1)));
    world.now -= 60_000;
    const after = await world.device('ann/phone', { store });
    expect(after.identity).toBe(before.identity);
    expect(await bob.open(world.entry(await sealed(after, ['bob'], 2)))).toMatchObject({ data: 2, isOvertaken: false });
  });

  it('belong to one device', async () => {
    const store = new MemoryKeys();
    await world.device('ann/phone', { store });
    const other = openE2ee({ user: 'ann', device: 'laptop', store, directory: world.directory });
    await expect(other).rejects.toMatchObject({ code: 'CLIENT_BAD_OPTION' });
    const nameless = openE2ee({ user: 'a b', device: 'd', store, directory: world.directory });
    await expect(nameless).rejects.toMatchObject({ code: 'CLIENT_BAD_OPTION' });
  });

  it('are made once where two pages begin at the same time', async () => {
    const store = new MemoryKeys();
    const [left, right] = await Promise.all([
      world.device('ann/phone', { store }),
      world.device('ann/phone', { store }),
    ]);
    expect(left.identity).toBe(right.identity);
    await left.renewKeys();
    const bob = await world.device('bob/phone');
    expect(said(await right.open(world.entry(await sealed(bob, ['ann'], 'Hi!'))))).toBe('Hi!');
  });
});
