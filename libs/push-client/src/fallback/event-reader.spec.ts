import * as fc from 'fast-check';
import { EventReader } from './event-reader.js';

const read = (...texts: string[]) => {
  const reader = new EventReader();
  return texts.flatMap((text) => reader.read(text) ?? ['too long']);
};

describe('an event stream', () => {
  it('yields the data of its events', () => {
    expect(read('id: 1.x\nevent: push\ndata: {"op":"push"}\n\nevent: bye\ndata:{"op":"bye"}\n\n')).toEqual([
      '{"op":"push"}',
      '{"op":"bye"}',
    ]);
  });

  it('may have comments, unknown fields, other line ends, and data of several lines', () => {
    expect(read(':\n\n: hello\r\nretry: 100\r\nwhat\r\ndata: a\r\ndata:  b\r\n\r\n')).toEqual(['a\n b']);
  });

  it('yields nothing for an event without data, nor for one that is not complete', () => {
    expect(read('event: push\n\n\n\ndata: a\n')).toEqual([]);
  });

  it('is the same however it is cut', () => {
    const line = fc.constantFrom('data: {"a":"ü😀"}', 'data:', ':', '', 'id: 7', 'event: push', 'data: x');
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
        const text = lines.map((one) => `${one}\n`).join('');
        const parts: string[] = [];
        let at = 0;
        for (const cut of cuts) parts.push(text.slice(at, (at += cut)));
        parts.push(text.slice(at));
        expect(read(...parts)).toEqual(read(text));
      }),
    );
  });

  it('that never ends a line, or an event, is given up and not collected', () => {
    expect(read('data: '.padEnd(1024 * 1024 + 1, 'x'))).toEqual(['too long']);
    const reader = new EventReader();
    let given = 0;
    while (reader.read(`data: ${'x'.repeat(1_000)}\n`) !== undefined) given += 1;
    expect(given).toBeLessThan(1_100);
  });

  it('that comes character by character costs no more than one that comes at once', () => {
    const reader = new EventReader();
    const began = performance.now();
    for (let at = 0; at < 1_000_000; at += 1) reader.read('x');
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
