import { dice } from '../../support/dice.js';
import { clientFrame } from '../../security/support/raw-socket.js';

/** What a well-behaved client says, for the mutations to begin with. */
const SAID = [
  '{"op":"connect","token":"fuzz","device":"d1","resume":{"@me":{"epoch":"e1","seq":41}},"window":256}',
  '{"op":"ack","s":"@me","seq":42}',
  '{"op":"read","s":"@me","seq":42,"thread":"room-7"}',
  '{"op":"follow","s":"news","id":1,"resume":"start"}',
  '{"op":"unfollow","s":"news","id":2}',
  '{"op":"ping"}',
  '{"op":"ack","s":"news","seq":1}\n{"op":"ping"}\n{"op":"read","s":"@all","seq":0}',
];
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\n',
  '\r',
  '\\',
  '\u0000',
  '\\u0000',
  '\\ud800',
  '\u2028',
  '@me',
  '@',
  '-1',
  '1e309',
  '0.5',
  '9007199254740993',
  'null',
  'true',
  '"__proto__":{"x":1}',
  '"constructor":',
  '"op":"ack"',
  '😀',
  '\ufeff',
  ' ',
  'a'.repeat(200),
  '['.repeat(500),
  '{"a":'.repeat(500),
  '"\\"'.repeat(100),
];
const VALUES = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  '@bob',
  '\u0000',
  [],
  {},
  [[[]]],
  { __proto__: 1 },
  'x'.repeat(300),
];

/** A WebSocket client gone wrong: `next` says what it writes next. All of it follows from the seed. */
export class FrameMutator {
  private readonly random: () => number;
  constructor(seed: number) {
    this.random = dice(seed);
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
  private one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** JSON that is almost right, or hardly. */
  text(): string {
    let text = this.one(SAID);
    if (this.random() < 0.4) return this.shuffled(text);
    for (let times = this.below(4); times >= 0; times--) {
      const at = this.below(text.length + 1);
      const cut = this.random() < 0.5 ? this.below(8) : 0;
      const put = this.random() < 0.7 ? this.one(PIECES) : String.fromCharCode(this.below(0x10000));
      text = text.slice(0, at) + put + text.slice(at + cut);
    }
    return text;
  }

  /** Still JSON: fields with other values, missing, or more of them. */
  private shuffled(text: string): string {
    const object = JSON.parse(text.split('\n')[0]!) as Record<string, unknown>;
    const names = Object.keys(object);
    for (let times = this.below(3); times >= 0; times--) {
      const roll = this.random();
      if (roll < 0.5) object[this.one(names)] = this.one(VALUES);
      else if (roll < 0.7) delete object[this.one(names.slice(1).concat('token'))];
      else object[this.one(['id', 'thread', 'resume', 'window', 'x', 'constructor'])] = this.one(VALUES);
    }
    return JSON.stringify(object);
  }

  /** A frame whose header, or whose bytes, are not what they should be. */
  frame(): Buffer {
    const payload = this.random() < 0.5 ? Buffer.from(this.text()) : this.bytes();
    const roll = this.random();
    if (roll < 0.4) return clientFrame(payload);
    const frame = clientFrame(payload, {
      opcode: this.random() < 0.5 ? 1 : this.below(16),
      fin: this.random() < 0.8,
      reserved: this.random() < 0.8 ? 0 : this.below(8),
      masked: this.random() < 0.9,
      length: this.random() < 0.7 ? payload.length : this.one([0, 1, 125, 126, 127, 65_535, 65_536, 2 ** 31, 2 ** 40]),
    });
    for (let flips = roll < 0.6 ? this.below(4) : 0; flips > 0; flips--) {
      const at = this.below(Math.min(frame.length, 16));
      frame[at] = frame[at]! ^ (1 << this.below(8));
    }
    return roll > 0.9 ? frame.subarray(0, this.below(frame.length + 1)) : frame;
  }

  private bytes(): Buffer {
    const bytes = Buffer.alloc(this.random() < 0.9 ? this.below(64) : this.below(2000));
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.below(256);
    return bytes;
  }

  /** How the bytes are cut on their way. */
  chunks(bytes: Buffer): Buffer[] {
    if (this.random() < 0.7 || bytes.length < 2) return [bytes];
    const at = 1 + this.below(bytes.length - 1);
    return [bytes.subarray(0, at), bytes.subarray(at)];
  }

  chance(of: number): boolean {
    return this.random() < of;
  }
}
