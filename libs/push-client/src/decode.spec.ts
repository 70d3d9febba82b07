import * as fc from 'fast-check';
import { decode } from './decode.js';

const kind = (value: unknown) => decode(JSON.stringify(value)).kind;

describe('decoding a line', () => {
  it('takes the frames of the protocol', () => {
    expect(kind({ op: 'push', s: '@me', seq: 1, id: 'a', type: 't', at: 1 })).toBe('frame');
    expect(kind({ op: 'gap', s: '@me', from: 3, to: 10, reason: 'retention' })).toBe('frame');
    expect(kind({ op: 'connected', connection: 'c', node: 'n', heartbeatMs: 1, streams: {} })).toBe('frame');
    expect(kind({ op: 'ok', id: 1, s: 'news', epoch: 'e', head: 3, from: 3 })).toBe('frame');
    expect(kind({ op: 'bye', code: 3000, reconnect: true, afterMs: 1830 })).toBe('frame');
    expect(kind({ op: 'read', s: '@me', seq: 42, thread: 'room-7', unread: 3 })).toBe('frame');
    expect(kind({ op: 'recall', s: '@me', seq: 40, id: 'm' })).toBe('frame');
    expect(kind({ op: 'signal', type: 'typing', data: { any: 1 } })).toBe('frame');
  });

  it.each([
    { op: 'push', s: '@me', seq: 0, id: 'a', type: 't' },
    { op: 'push', s: '@me', seq: 1.5, id: 'a', type: 't' },
    { op: 'push', s: '@me', seq: '1', id: 'a', type: 't' },
    { op: 'push', seq: 1, id: 'a', type: 't' },
    { op: 'gap', s: '@me', from: 10, to: 3 },
    { op: 'gap', s: '@me', from: 1, to: 1e300 },
    { op: 'skip', s: 1, from: 1, to: 3 },
    { op: 'connected', streams: [] },
    { op: 'connected', streams: { '@me': { epoch: '', from: 0, recovery: 'complete' } } },
    { op: 'connected', streams: { '@me': { epoch: 'e', from: -1, recovery: 'complete' } } },
    { op: 'connected', streams: { '@me': { epoch: 'e', from: 0, recovery: 'maybe' } } },
    { op: 'connected', heartbeatMs: 'soon', streams: {} },
    { op: 'ok', id: 1, epoch: 'e', from: 'x' },
    { op: 'bye', code: '3000', reconnect: true },
    { op: 'error' },
    { op: 'read', s: '@me', seq: 1 },
    { op: 'recall', s: '@me', seq: 1, id: 'x'.repeat(513) },
    { op: 'signal', thread: 'room-7' },
    { op: 7 },
    null,
    [],
    'text',
  ])('refuses %j', (value) => expect(kind(value)).toBe('bad'));

  it('lets newer frames pass as unknown', () => {
    expect(kind({ op: 'newest', type: 'typing' })).toBe('unknown');
    expect(kind({ op: 'constructor' })).toBe('unknown');
    expect(kind({ op: '__proto__' })).toBe('unknown');
  });

  it('does not parse a line beyond the limit', () => {
    expect(decode(`{"op":"pong","x":"${'a'.repeat(1024 * 1024)}"}`).kind).toBe('bad');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void decode(line)));
    const op = fc.constantFrom('connected', 'push', 'gap', 'skip', 'ok', 'followed', 'error', 'bye');
    const frame = fc.record({ op, s: fc.anything(), seq: fc.anything(), streams: fc.anything(), from: fc.anything() });
    fc.assert(fc.property(frame.filter(isJson), (value) => void kind(value)));
  });
});

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
