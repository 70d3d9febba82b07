import { describe, expect, it } from '@jest/globals';
import { toStoreError } from '../store-errors.js';
import { diagnosePostgres, isDisconnect, isLostRace } from './errors.js';

const said = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const codeOf = (error: unknown): string => toStoreError(error, diagnosePostgres).code;

describe('What PostgreSQL says', () => {
  it('is a full store where space or memory is out', () => {
    for (const code of ['53100', '53200']) expect(codeOf(said(code))).toBe('STORE_FULL');
  });

  it('is an unavailable store where waiting may help', () => {
    const states = ['08006', '57P01', '57P03', '57014', '53300', '55P03', '25P03', '25006', '28P01', '3D000', '40P01'];
    const sockets = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'];
    for (const code of [...states, ...sockets]) expect(codeOf(said(code))).toBe('STORE_UNAVAILABLE');
    for (const message of [
      'Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
    ]) {
      expect(codeOf(new Error(message))).toBe('STORE_UNAVAILABLE');
    }
  });

  it('is a failure of the store itself otherwise, without its words', () => {
    for (const code of ['23502', '42703', '22021', 'XX000']) {
      const error = toStoreError(said(code, 'value c4nary'), diagnosePostgres);
      expect(error.code).toBe('INTERNAL');
      expect(error.message).not.toContain('c4nary');
    }
    expect(diagnosePostgres(said('42P01'))).toBe('no-table');
  });

  it('is found behind the wrapping of TypeORM', () => {
    expect(codeOf(Object.assign(new Error('QueryFailedError'), { driverError: said('53100') }))).toBe('STORE_FULL');
  });

  it('tells what was undone and may be told again from what was not', () => {
    expect(['40001', '40P01', '23505'].every((code) => isLostRace(said(code)))).toBe(true);
    expect(['55P03', '57014', '23502'].some((code) => isLostRace(said(code)))).toBe(false);
    expect(['57P01', '08006', 'ECONNRESET', 'EPIPE'].every((code) => isDisconnect(said(code)))).toBe(true);
    expect(['55P03', '57014', '40001'].some((code) => isDisconnect(said(code)))).toBe(false);
  });
});
