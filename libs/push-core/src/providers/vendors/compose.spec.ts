import type { Composed } from '../../offline/composed.js';
import type { FakeVendor } from '../../testing/fakes/vendors/index.js';
import { bench, NAMES, request, type Bench, type VendorName } from './vendor.fixture.js';

const FAMILY = '👨‍👩‍👧‍👦';
const LIMITS: Record<VendorName, readonly [title: number, body: number]> = {
  hms: [100, 1000],
  harmony: [100, 1000],
  honor: [100, 1000],
  xiaomi: [49, 127],
  oppo: [50, 200],
  vivo: [40, 100],
  meizu: [32, 100],
};

const width = (text = ''): number => [...text].reduce((sum, one) => sum + ((one.codePointAt(0) ?? 0) < 128 ? 1 : 2), 0);
const lastContent = (fake: FakeVendor): any => fake.shown.at(-1)?.content;

async function sent(site: Bench, changes: Partial<Composed>): Promise<any> {
  const [result] = await site.provider.send([request('t', changes)]);
  expect(result?.kind).toBe('accepted');
  return lastContent(site.fake);
}

describe.each(NAMES)('%s', (name) => {
  let site: Bench;

  beforeAll(async () => {
    site = await bench(name);
  });

  afterAll(() => site.close());

  it('cuts long texts between what a reader sees as characters, within the vendor’s lengths', async () => {
    for (const piece of [FAMILY, '漢字', 'a', 'é'.normalize('NFD'), '🇨🇳']) {
      await sent(site, { title: piece.repeat(400), body: piece.repeat(3000) });
      const { title = '', body = '' } = site.fake.shown.at(-1) ?? {};
      const [titleLimit, bodyLimit] = LIMITS[name];
      expect(name === 'vivo' ? width(title) : title.length).toBeLessThanOrEqual(titleLimit);
      expect(name === 'vivo' ? width(body) : body.length).toBeLessThanOrEqual(bodyLimit);
      for (const text of [title, body]) {
        expect(text).toMatch(/…$/);
        expect(text.slice(0, -1).replaceAll(piece, '')).toBe(
          piece === '漢字' ? text.slice(0, -1).replaceAll(piece, '') : '',
        );
      }
    }
  });

  it('sends what a user wrote as text, and nowhere else', async () => {
    const mark = '"},"android":{"urgency":"LOW"},"x":"&title=other&registration_id=all,';
    await sent(site, { title: mark.slice(0, 30), body: mark, data: { token: 'x', aps: 'y', push: 'z', id: 'm1' } });
    const { title, body, push } = site.fake.shown.at(-1) ?? {};
    expect(mark.startsWith((title ?? '').replace(/…$/, ''))).toBe(true);
    expect(mark.startsWith((body ?? '').replace(/…$/, ''))).toBe(true);
    expect(push).toEqual({ token: 'x', aps: 'y', push: 'z', id: 'm1' });
    const outside = JSON.stringify({ ...lastContent(site.fake) }, (key, value: unknown) =>
      [
        'title',
        'body',
        'content',
        'description',
        'push',
        'data',
        'payload',
        'action_parameters',
        'noticeBarInfo',
      ].includes(key) && typeof value !== 'object'
        ? undefined
        : value,
    );
    expect(outside).not.toContain('urgency":"LOW"},"x"');
  });

  it('keeps what leads back to the message where the data is too much', async () => {
    const data = { id: 'm1', stream: '@me', seq: '4', type: 'chat.message', thread: 'room-7', text: '漢'.repeat(2000) };
    await sent(site, { data });
    const { text: _, ...core } = data;
    expect(site.fake.shown.at(-1)?.push).toEqual(core);
  });

  it('sends a title alone as a notification too', async () => {
    await sent(site, { title: undefined, body: 'only this' });
    expect(site.fake.shown.at(-1)).toEqual(expect.objectContaining({ title: 'only this', body: 'only this' }));
  });

  it('takes out control characters', async () => {
    await sent(site, { title: 'a\u0000b\u001b[31m', body: 'line 1\nline 2' });
    expect(site.fake.shown.at(-1)?.title).toBe('a b [31m');
    expect(site.fake.shown.at(-1)?.body).toBe('line 1\nline 2');
  });

  it('does not ask the vendor to keep what is worth nothing by then', async () => {
    const at = site.clock.now();
    const soon = await sent(site, { expiresAt: at + 7200_000 });
    const never = await sent(site, { expiresAt: at + 365 * 86_400_000 });
    const kept = (content: any): number => {
      const ttl = content.android?.ttl ?? content.pushOptions?.ttl ?? content.off_line_ttl ?? content.timeToLive;
      if (ttl !== undefined) return parseInt(String(ttl), 10);
      return content.time_to_live ? Number(content.time_to_live) / 1000 : content.pushTimeInfo.validTime * 3600;
    };
    expect(kept(soon)).toBeGreaterThan(7100);
    expect(kept(soon)).toBeLessThanOrEqual(name === 'meizu' ? 3 * 3600 : 7200);
    expect(kept(never)).toBeLessThanOrEqual(15 * 86_400);
  });

  it('gives a later one with the same key the place of the earlier one, where the vendor has places', async () => {
    const slots: (string | undefined)[] = [];
    for (const collapseKey of ['room-7', 'room-7', 'room-8']) {
      await sent(site, { collapseKey });
      slots.push(site.fake.shown.at(-1)?.slot);
    }
    if (['oppo', 'vivo'].includes(name)) return expect(slots).toEqual([undefined, undefined, undefined]);
    expect(slots[0]).toBe(slots[1]);
    expect(slots[0]).not.toBe(slots[2]);
  });
});

describe('message classes', () => {
  const classes = async (
    name: VendorName,
    more: Record<string, string>,
    read: (content: any) => unknown,
  ): Promise<unknown> => {
    const site = await bench(name);
    const provider = site.withCredentials(more);
    const found: unknown[] = [];
    for (const messageClass of ['im', 'marketing'] as const) {
      await provider.send([request('t', { messageClass })]);
      found.push(read(lastContent(site.fake)));
    }
    await site.close();
    return found;
  };

  it('are categories to HMS and HarmonyOS', async () => {
    const hms = (content: any): unknown => [content.android.category, content.android.notification.importance];
    expect(await classes('hms', {}, hms)).toEqual([
      ['IM', 'NORMAL'],
      ['MARKETING', 'LOW'],
    ]);
    expect(await classes('hms', { categoryIm: 'none' }, (content) => 'category' in content.android)).toEqual([
      false,
      true,
    ]);
    expect(await classes('harmony', {}, (content) => content.payload.notification.category)).toEqual([
      'IM',
      'MARKETING',
    ]);
  });

  it('are an importance to Honor', async () => {
    expect(await classes('honor', {}, (content) => content.android.notification.importance)).toEqual(['NORMAL', 'LOW']);
  });

  it('are channels to Xiaomi and OPPO, and a category to OPPO', async () => {
    const channels = { channelIm: '1', channelMarketing: '2' };
    expect(await classes('xiaomi', channels, (content) => content['extra.channel_id'])).toEqual(['1', '2']);
    expect(await classes('xiaomi', {}, (content) => content['extra.channel_id'])).toEqual([undefined, undefined]);
    expect(await classes('oppo', channels, (content) => [content.channel_id, content.category])).toEqual([
      ['1', 'IM'],
      ['2', 'MARKETING'],
    ]);
  });

  it('are a classification to vivo', async () => {
    const read = (content: any): unknown => [content.classification, content.category];
    expect(await classes('vivo', {}, read)).toEqual([
      [1, 'IM'],
      [0, 'MARKETING'],
    ]);
  });
});

describe('a notification that is sent again', () => {
  it.each(['oppo', 'vivo'] as const)('is not shown twice by %s', async (name) => {
    const site = await bench(name, 500);
    await site.provider.send([request('warm')]);
    const one = request('t');
    site.fake.misbehave({ kind: 'stall_after_work' });
    expect((await site.provider.send([one]))[0]?.kind).toBe('unknown_after_write');
    expect((await site.provider.send([one]))[0]?.kind).toBe('accepted');
    expect(site.fake.shown.filter(({ token }) => token === 't')).toHaveLength(1);
    await site.close();
  });

  it('of several is surely not shown where vivo did not get to the second step', async () => {
    const site = await bench('vivo', 300);
    await site.provider.send([request('warm')]);
    site.fake.misbehave({ kind: 'stall' });
    const results = await site.provider.send([request('a'), request('b')]);
    expect(results.map(({ kind }) => kind)).toEqual(['transient', 'transient']);
    await site.close();
  });
});

describe('badges', () => {
  it.each(['hms', 'honor'] as const)('of %s need the launcher’s class', async (name) => {
    const site = await bench(name);
    await site.provider.send([request('t', { badge: 7 })]);
    expect(lastContent(site.fake).android.notification.badge).toBeUndefined();
    await site.withCredentials({ badgeClass: 'com.example.Main' }).send([request('t', { badge: 7 })]);
    const { badge } = lastContent(site.fake).android.notification;
    expect(Object.values(badge).sort()).toEqual([7, 'com.example.Main']);
    await site.close();
  });

  it('of HarmonyOS are a number', async () => {
    const site = await bench('harmony');
    await site.provider.send([request('t', { badge: 7 })]);
    expect(lastContent(site.fake).payload.notification.badge).toEqual({ setNum: 7 });
    await site.close();
  });
});
