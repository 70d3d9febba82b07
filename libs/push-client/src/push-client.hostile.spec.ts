import * as fc from 'fast-check';
import { info, push } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

describe('a server that talks nonsense', () => {
  it.each<[string, unknown]>([
    ['not JSON', '{"op":'],
    ['binary', new ArrayBuffer(4)],
    ['nothing at all', undefined],
    ['no op', '{}'],
    ['a malformed push', '{"op":"push","s":"@me","seq":"1"}'],
    ['an oversize line', `"${'x'.repeat(1024 * 1024)}"`],
  ])('(%s) is reported and ignored', async (_what, data) => {
    const { greet, shown, codes } = harness();
    const socket = await greet();
    socket.raw(data);
    socket.say(push(1));
    expect(codes()).toEqual(['CLIENT_BAD_FRAME']);
    expect(shown).toEqual(['@me:1']);
  });

  it('(good lines around a bad one) loses only the bad one', async () => {
    const { greet, shown } = harness();
    (await greet()).raw(`${JSON.stringify(push(1))}\n\nrubbish\n${JSON.stringify(push(2))}\n`);
    expect(shown).toEqual(['@me:1', '@me:2']);
  });

  it('(a frame of a newer protocol) is not even an error', async () => {
    const { greet, codes } = harness();
    (await greet()).say({ op: 'whisper', type: 'typing' }, { op: 'constructor', s: '@me', seq: 1, id: 'm1' });
    expect(codes()).toEqual([]);
  });

  it('(entries before connected) is not believed', async () => {
    const { client, server, shown } = harness();
    void client.connect();
    await settled();
    server.last.open();
    server.last.say(push(1), { op: 'followed', s: 'x', ...info() }, { op: 'ok', id: 1 });
    expect(shown).toEqual([]);
    expect(client.position('x')).toBeUndefined();
  });

  it('(names of the prototype) changes nothing but a stream', async () => {
    const { greet, shown } = harness();
    const streams = JSON.parse('{"__proto__":{"epoch":"e1","head":0,"from":0,"recovery":"complete"}}') as Record<
      string,
      never
    >;
    (await greet(streams)).say(push(1, '__proto__'), push(1, 'toString'));
    expect(shown).toEqual(['__proto__:1']);
    expect(({} as { epoch?: unknown }).epoch).toBeUndefined();
  });

  it('an error without an id becomes an event', async () => {
    const { greet, codes } = harness();
    (await greet()).say({ op: 'error', code: 'RATE_LIMITED', message: 'slow down' });
    expect(codes()).toEqual(['RATE_LIMITED']);
  });

  it('an error nobody listens to, or whose handler throws, stays quiet', async () => {
    const { greet, client } = harness();
    client.on('error', () => {
      throw new Error('in the error handler');
    });
    client.on('connected', () => {
      throw new Error('in another handler');
    });
    const socket = await greet();
    expect(() => socket.raw('rubbish')).not.toThrow();
    expect(client.state).toBe('connected');
  });

  it('never makes onmessage throw, nor shows an entry twice or out of order', async () => {
    const seq = fc.integer({ min: -1, max: 12 });
    const stream = fc.constantFrom('@me', 'news', '__proto__');
    const frame = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ op: fc.constant('push'), s: stream, seq, id: fc.constant('m'), type: fc.constant('t') }),
      },
      { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('gap', 'skip'), s: stream, from: seq, to: seq }) },
      fc.record({ op: fc.constant('ok'), id: seq, s: stream }),
      fc.record({
        op: fc.constantFrom('unfollowed', 'pong', 'error', 'connected', 'what'),
        s: stream,
        code: fc.string(),
      }),
      fc.dictionary(fc.string(), fc.jsonValue()),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 40 }), async (frames) => {
        const { greet, shown, client } = harness();
        const socket = await greet({ '@me': info(), news: info() });
        for (const one of frames) socket.say(one);
        for (const s of ['@me', 'news']) {
          const seqs = shown.filter((line) => line.startsWith(`${s}:`)).map((line) => Number(line.slice(s.length + 1)));
          expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        }
        await client.close();
      }),
      { numRuns: 200 },
    );
  });
});
