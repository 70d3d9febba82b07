import fc from 'fast-check';
import { quickAck } from './quick-ack.js';

it('reads what JSON.stringify writes, and nothing differently from JSON.parse', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat({ max: 999_999_999_999_999 }), (s, seq) => {
      const quick = quickAck(JSON.stringify({ op: 'ack', s, seq }));
      if (quick !== undefined) expect(quick).toEqual({ s, seq });
      else expect(JSON.stringify(s)).toContain('\\');
    }),
  );
});

it.each([
  '{"op":"ack","s":"@me","seq":1.5}',
  '{"op":"ack","s":"@me","seq":-1}',
  '{"op":"ack","s":"@me","seq":}',
  '{"op":"ack","s":"@me","seq":1',
  '{"op":"ack","s":"@me","seq":1e3}',
  '{"op":"ack","s":"@me","seq":"1"}',
  '{"op":"ack","s":"@me","seq":1,"x":1}',
  '{"op":"ack","s":"@me","seq":1}}',
  '{"op":"ack","s":"a\\u0062","seq":1}',
  '{"op":"ack","s":"@me"}',
  '{"op": "ack","s":"@me","seq":1}',
  '{"op":"ack","s":"@me',
  '{"op":"ack","s":"@me","seq":12345678901234567}',
  '',
])('leaves %s to the parser', (line) => expect(quickAck(line)).toBeUndefined());
