import { data, numbers, seqs, type TransportCase } from './transport-case.js';

const ODD_TEXTS = [
  '😀 👩‍👩‍👧‍👦 🇦🇶',
  '\u{1d4b3}\u{20000}\u{10ffff}',
  'line\u2028paragraph\u2029end',
  'a\u0000b\u0001\u001f\u007f',
  'one\ntwo\r\nthree\rfour\n\n',
  'data: x\n\nid: 7\nevent: push\n\n: comment',
  '"quoted" \\back\\ </script>',
  'Ünïcödé ÿ ¿ עברית العربية',
  '\ufeff bom',
  '',
];

export const deliveryCases: readonly TransportCase[] = [
  {
    name: 'delivers what is published while connected, in order, with exactly the published data',
    run: async (world) => {
      const device = await world.connect('u1');
      const sent = [null, true, 0, -1.5e-7, 2 ** 53 - 1, '', 'text', [], {}, [1, [2, [3]]], { a: { b: [null] } }];
      for (const [i, one] of sent.entries()) {
        await world.send({ to: { users: ['u1'] }, type: `type.${i}`, thread: `room-${i}`, data: one });
      }
      await world.send({ to: { users: ['u1'] }, type: 'bare' });
      const got = await device.take(sent.length + 1);
      world
        .expect(got.map((push) => ({ seq: push.seq, type: push.type, thread: push.thread, data: push.data })))
        .toEqual([
          ...sent.map((one, i) => ({ seq: i + 1, type: `type.${i}`, thread: `room-${i}`, data: one })),
          { seq: sent.length + 1, type: 'bare', thread: undefined, data: undefined },
        ]);
      world.expect(device.pushes().length).toEqual(got.length);
    },
  },
  {
    name: 'begins at the head for a device never seen',
    run: async (world) => {
      await world.publish('u1', 'before', 'it', 'came');
      const device = await world.connect('u1');
      await world.publish('u1', 'after');
      world.expect(await device.take(1)).toEqual(device.pushes());
      world.expect([seqs(device.pushes()), data(device.pushes())]).toEqual([[4], ['after']]);
    },
  },
  {
    name: 'delivers what was published while the device was away, after its stored cursor',
    run: async (world) => {
      const before = await world.connect('u1');
      await world.publish('u1', 1, 2);
      await before.take(2);
      await world.signed('u1', 2);
      await before.leave();
      await world.publish('u1', 3, 4, 5);
      const back = await world.connect('u1');
      world.expect(data(await back.take(3))).toEqual([3, 4, 5]);
      await world.publish('u1', 6);
      world.expect(seqs(await back.take(4))).toEqual([3, 4, 5, 6]);
    },
  },
  {
    name: 'carries any text unharmed: emoji, line separators, control characters, newlines',
    run: async (world) => {
      const device = await world.connect('u1');
      const nested = { [ODD_TEXTS[0] as string]: ODD_TEXTS };
      await world.publish('u1', ...ODD_TEXTS, nested);
      world.expect(data(await device.take(ODD_TEXTS.length + 1))).toEqual([...ODD_TEXTS, nested]);
      await world.signed('u1', ODD_TEXTS.length + 1);
      device.drop();
      await world.publish('u1', ...ODD_TEXTS);
      const back = await world.connect('u1');
      world.expect(data(await back.take(ODD_TEXTS.length))).toEqual(ODD_TEXTS);
    },
  },
  {
    name: 'takes ids of any characters but white space, of users, devices, topics and threads',
    run: async (world) => {
      const [user, device, topic, thread] = ["o'brien+#/%41&=?", 'd/+#"😀\\', 'news.ü/+/#$SYS', '$room;id=1'] as const;
      await world.push.subscribe('t', topic, [user]);
      const client = await world.connect(user, { device });
      await world.send({ to: { users: [user], topics: [topic] }, type: 'a/b+#😀', thread, data: 1 });
      const [own] = await client.take(1);
      const [shared] = await client.take(1, topic);
      world.expect([own, shared].map((push) => [push?.s, push?.type, push?.thread])).toEqual([
        ['@me', 'a/b+#😀', thread],
        [topic, 'a/b+#😀', thread],
      ]);
      await world.signed(user, 1, topic, device);
    },
  },
  {
    name: 'carries the largest message, and several of them at once',
    run: async (world) => {
      const device = await world.connect('u1');
      const big = (fill: string) => fill.repeat(64 * 1024 - 2);
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((fill) => world.publish('u1', big(fill))));
      const got = data(await device.take(5)) as string[];
      world.expect(got.map((text) => [text.length, new Set(text).size])).toEqual(Array(5).fill([64 * 1024 - 2, 1]));
      world.expect(got.map((text) => text[0]).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    },
  },
  {
    name: 'carries a thousand small messages in order',
    run: async (world) => {
      const device = await world.connect('u1');
      const taken = device.take(1000);
      for (let sent = 0; sent < 1000; sent += 50) {
        const items = numbers(sent + 1, sent + 50).map((n) => ({ to: { users: ['u1'] }, type: 't', data: n }));
        await world.push.publishBatch('t', items);
      }
      const got = await taken;
      world.expect([seqs(got), data(got)]).toEqual([numbers(1, 1000), numbers(1, 1000)]);
    },
  },
  {
    name: "brings a topic's entries to a subscriber, beside its own, each stream with its own cursor",
    run: async (world) => {
      await world.push.subscribe('t', 'news', ['u1']);
      const device = await world.connect('u1');
      for (const n of [1, 2, 3]) {
        await world.send({ to: { topics: ['news'] }, type: 'news', data: `n${n}` });
        await world.publish('u1', `m${n}`);
      }
      world.expect(data(await device.take(3, 'news'))).toEqual(['n1', 'n2', 'n3']);
      world.expect(data(await device.take(3))).toEqual(['m1', 'm2', 'm3']);
      await world.signed('u1', 3, 'news');
      await world.signed('u1', 3);
      device.drop();
      await world.send({ to: { topics: ['news'] }, type: 'news', data: 'n4' });
      const back = await world.connect('u1');
      world.expect(data(await back.take(1, 'news'))).toEqual(['n4']);
      world.expect(back.pushes()).toEqual([]);
    },
  },
  {
    name: 'brings the entries of a topic the user was subscribed to while connected',
    run: async (world) => {
      const device = await world.connect('u1');
      await world.push.subscribe('t', 'news', ['u1']);
      await world.send({ to: { topics: ['news'] }, type: 'news', data: 'first' });
      world.expect(data(await device.take(1, 'news'))).toEqual(['first']);
    },
  },
  {
    name: 'passes over what expired, was recalled or is for others, and delivers what comes after',
    run: async (world) => {
      const before = await world.connect('u1');
      await before.leave();
      await world.send({ to: { users: ['u1'] }, type: 't', data: 'expires', options: { ttl: 60 } });
      const [recalled] = await world.publish('u1', 'recalled');
      await world.send({
        to: { users: ['u1'], except: { devices: [{ user: 'u1', device: 'd1' }] } },
        type: 't',
        data: 'for d2',
      });
      await world.publish('u1', 'stays');
      await world.push.recall('t', recalled as string);
      world.clock.forward(61_000);
      const back = await world.connect('u1');
      world.expect(data(await back.take(1))).toEqual(['stays']);
      await world.publish('u1', 'next');
      world.expect(data(await back.take(2))).toEqual(['stays', 'next']);
      world.expect(seqs(back.pushes())).toEqual([4, 5]);
      await world.signed('u1', 5);
    },
  },
  {
    name: 'keeps tenants apart: the same user and device in two of them see their own only',
    run: async (world) => {
      const mine = await world.connect('u1');
      const theirs = await world.connect('u1', { tenant: 'other' });
      await world.publish('u1', 'mine');
      await world.send({ to: { users: ['u1'] }, type: 't', data: 'theirs' }, 'other');
      world.expect(data(await mine.take(1))).toEqual(['mine']);
      world.expect(data(await theirs.take(1))).toEqual(['theirs']);
      await world.publish('u1', 'mine again');
      await mine.take(2);
      world.expect([mine.ending, theirs.ending, data(theirs.pushes())]).toEqual([undefined, undefined, ['theirs']]);
    },
  },
];
