import type { ByeFrame } from 'push-core/wire';
import { planAfter } from './close-plan.js';

const plan = (code: number, bye?: Partial<ByeFrame>, canRefresh = true) =>
  planAfter({ code, reason: '', bye: bye && { op: 'bye', code, reconnect: true, ...bye } }, canRefresh).then;

describe('what follows a close code', () => {
  it.each([1000, 1001, 1006, 1011, 1012, 1013, 3000, 3001, 3002, 3004, 3499, 4000, 4499])('%i: retry', (code) => {
    expect(plan(code)).toBe('retry');
  });
  it.each([3003, 3500, 3502, 3503, 3504, 3505, 3999, 4500, 4999])('%i: stop', (code) => {
    expect(plan(code)).toBe('stop');
  });
  it('3501: a new token, where one can be had, whatever the bye says', () => {
    expect(plan(3501, { reconnect: false })).toBe('refresh');
    expect(plan(3501, undefined, false)).toBe('stop');
  });
  it('a bye decides where the code leaves it open', () => {
    expect(plan(3000, { reconnect: false })).toBe('stop');
    expect(
      planAfter({ code: 3000, reason: '', bye: { op: 'bye', code: 3000, reconnect: true, afterMs: 7 } }, true),
    ).toEqual({
      then: 'retry',
      afterMs: 7,
    });
  });
  it('a bye cannot talk a replaced client into a duel', () => expect(plan(3003, { reconnect: true })).toBe('stop'));
});
