import { Decoder, Encoder } from 'socket.io-parser';
import { SharedFrame } from '../shared-frame.js';
import { SocketIoCodec } from './codec.js';

const PUSH = '{"op":"push","s":"@me","seq":42,"id":"m","type":"x","data":{"a":"é \\n \\"s\\":\\"x\\""},"at":1}';

function decoded(packet: string): any {
  const decoder = new Decoder();
  let found: unknown;
  decoder.on('decoded', (one) => (found = one));
  decoder.add(packet);
  return found;
}
/** The text of unmasked WebSocket frames of less than 64 KiB. */
function texts(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1] as number;
    const [from, length] = short < 126 ? [at + 2, short] : [at + 4, bytes.readUInt16BE(at + 2)];
    found.push(bytes.toString('utf8', from, from + length));
    at = from + length;
  }
  return found;
}

test.each([['/push'], ['/'], ['/a/b']])('a push is the packet that Socket.IO would make in %s', (nsp) => {
  const codec = new SocketIoCodec(nsp);
  const [line] = codec.encode(PUSH).lines;
  const packet = codec.packet(line!);
  expect(packet).toBe(new Encoder().encode({ type: 2, nsp, id: line!.push!.id, data: ['push', JSON.parse(PUSH)] })[0]);
  expect(decoded(packet)).toEqual({ type: 2, nsp, id: line!.push!.id, data: ['push', JSON.parse(PUSH)] });
  expect(line!.push).toMatchObject({ s: '@me', seq: 42 });
});

test('everything else is an event without acknowledgement, errors are problems', () => {
  const codec = new SocketIoCodec('/push', 'p.');
  const lines = codec.encode(
    [
      '{"op":"skip","s":"a\\"b","from":1,"to":2,"reason":"expired"}',
      '{"op":"error","code":"RATE_LIMITED","message":"m","afterMs":5}',
    ].join('\n'),
  ).lines;
  expect(lines.map((line) => codec.packet(line))).toEqual([
    '2/push,["p.skip",{"op":"skip","s":"a\\"b","from":1,"to":2,"reason":"expired"}]',
    '2/push,["p.problem",{"code":"RATE_LIMITED","message":"m","retryable":true,"retryAfterMs":5}]',
  ]);
});

test('the bytes are finished WebSocket frames, one a line, the same for all sockets', () => {
  const codec = new SocketIoCodec('/push');
  const frame = new SharedFrame(`${PUSH}\n${PUSH.replace('42', '43')}`);
  const form = frame.encodedBy(codec);
  expect(frame.encodedBy(codec).bytes).toBe(form.bytes);
  expect(texts(form.bytes)).toEqual(form.lines.map((line) => `4${codec.packet(line)}`));
  expect(new Set(form.lines.map((line) => line.push?.id)).size).toBe(2);
});

test('a stream whose name looks like the rest of the line is read rightly', () => {
  const [line] = new SocketIoCodec('/').encode('{"op":"push","s":"a\\",\\"seq\\":9,","seq":3,"id":"m"}').lines;
  expect(line!.push).toMatchObject({ s: 'a","seq":9,', seq: 3 });
});
