import { describe, expect, it } from '@jest/globals';
import { CLOSE } from '../../close-reasons.js';
import { ERRORS, type ErrorCode } from '../../errors.js';
import { disconnectCode, refusalFor, refusalOf, subscribeCode } from './reason-codes.js';

describe('reason codes', () => {
  it('say for every close code of ours how an MQTT 5 connection ends', () => {
    const codes = Object.entries(CLOSE).map(([name, reason]) => [name, disconnectCode(reason)]);
    expect(Object.fromEntries(codes)).toEqual({
      draining: 0x8b,
      slowConsumer: 0x97,
      noHeartbeat: 0x8d,
      replaced: 0x8e,
      overloaded: 0x89,
      badToken: 0x87,
      tokenExpired: 0xa0,
      revoked: 0x87,
      badFrame: 0x81,
      protocol: 0x82,
      frameTooLarge: 0x95,
    });
  });

  it.each<[ErrorCode, number, number]>([
    ['UNAUTHORIZED', 4, 0x86],
    ['TOKEN_EXPIRED', 4, 0x86],
    ['REVOKED', 5, 0x87],
    ['NOT_ALLOWED', 5, 0x87],
    ['REFUSED', 5, 0x87],
    ['INVALID', 2, 0x85],
    ['RATE_LIMITED', 3, 0x9f],
    ['OVERLOADED', 3, 0x89],
    ['DRAINING', 3, 0x88],
    ['STORE_UNAVAILABLE', 3, 0x88],
    ['INTERNAL', 3, 0x88],
  ])('refuse a CONNECT that failed with %s', (code, v4, v5) => {
    expect(refusalOf(code)).toEqual({ v4, v5 });
  });

  it('are legal in CONNACK, whatever the error', () => {
    const legal = [
      0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a,
    ];
    legal.push(0x9b, 0x9c, 0x9d, 0x9f);
    const refusals = [
      ...Object.keys(ERRORS).map((code) => refusalOf(code as ErrorCode)),
      ...Object.values(CLOSE).map(refusalFor),
    ];
    for (const { v4, v5 } of refusals) {
      expect(legal).toContain(v5);
      expect([1, 2, 3, 4, 5]).toContain(v4);
    }
  });

  it('are legal in SUBACK, whatever the error', () => {
    for (const code of Object.keys(ERRORS)) {
      expect([0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2]).toContain(subscribeCode(code));
    }
  });
});
