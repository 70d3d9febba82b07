import { SharedFrame } from '../shared-frame.js';
import { frame, push } from '../http/stage.fixture.js';
import { sseCodec } from './sse-events.js';

it('gives each push an id of its own, and the object as it is', () => {
  const shared = frame(push('@me', 41, { data: { a: 'ü\n' } }), push('@me', 42));
  expect(shared.encodedBy(sseCodec).behind('1.ee1').toString()).toBe(
    'id: 1.ee1.m15\nevent: push\ndata: {"op":"push","s":"@me","seq":41,"id":"i41","type":"x","data":{"a":"ü\\n"},"at":1}\n\n' +
      'id: 1.ee1.m16\nevent: push\ndata: {"op":"push","s":"@me","seq":42,"id":"i42","type":"x","at":1}\n\n',
  );
});

it('makes the bytes of a frame once for all links with the same cursor so far', () => {
  const events = frame(push('news', 1)).encodedBy(sseCodec);
  expect(events.behind('1.ee1')).toBe(events.behind('1.ee1'));
  expect(events.behind('1.ee1.m1')).toBe(events.behind('1.ee1.m1'));
  expect(events.behind('1.ee1').toString()).not.toBe(events.behind('1.ee1.m1').toString());
});

it('keeps no more than a few forms of one frame', () => {
  const events = frame(push('news', 1)).encodedBy(sseCodec);
  for (let i = 0; i < 100; i++) events.behind(`1.ee1.m${i}`);
  expect(events.behind('1.ee1.m99')).not.toBe(events.behind('1.ee1.m99'));
  expect(events.behind('1.ee1.m3')).toBe(events.behind('1.ee1.m3'));
});

it.each(['a"b', 'back\\slash', 'ü', '\u2028', 'seq":7,', '__proto__'])('reads the stream %j off its pushes', (name) => {
  const { stream, to } = frame(push(name, 9_007_199_254_740_991)).encodedBy(sseCodec);
  expect([stream, to]).toEqual([name, Number.MAX_SAFE_INTEGER]);
});

it('moves on skips and gaps too, and on nothing else', () => {
  const skip = { op: 'skip', s: '@me', from: 2, to: 4, reason: 'expired' };
  expect(frame(push('@me', 1), skip).encodedBy(sseCodec)).toMatchObject({ stream: '@me', to: 4 });
  expect(frame({ op: 'gap', s: '@me', from: 1, to: 3, reason: 'retention' }).encodedBy(sseCodec)).toMatchObject({
    to: 3,
  });
  expect(frame({ op: 'recall', s: '@me', seq: 1, id: 'i' }).encodedBy(sseCodec).stream).toBeUndefined();
  expect(frame(push('@me', 1), push('news', 1)).encodedBy(sseCodec).stream).toBeUndefined();
});

it('never calls an event "error", and gives what has no seq no id', () => {
  const text = new SharedFrame('{"op":"error","code":"NOT_ALLOWED","message":"no"}')
    .encodedBy(sseCodec)
    .behind('')
    .toString();
  expect(text).toBe('event: problem\ndata: {"op":"error","code":"NOT_ALLOWED","message":"no"}\n\n');
});
