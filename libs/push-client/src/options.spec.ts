import { isPushClientError } from './errors.js';
import { type PushClientOptions, resolveOptions } from './options.js';

const least: PushClientOptions = { url: 'wss://push.test/v1/ws', token: 'jwt', device: 'd1' };

describe('options', () => {
  it('have the documented defaults', () => {
    expect(resolveOptions(least)).toMatchObject({
      window: 256,
      follow: [],
      startFrom: 'head',
      ackDelayMs: 50,
      backoff: { baseMs: 500, capMs: 30_000 },
    });
  });

  it.each<[string, Partial<PushClientOptions>]>([
    ['url', { url: 'https://push.test' }],
    ['token', { token: '' }],
    ['device', { device: '' }],
    ['window', { window: 0 }],
    ['window', { window: 1025 }],
    ['window', { window: 1.5 }],
    ['follow', { follow: ['@me'] }],
    ['startFrom', { startFrom: 'middle' as 'head' }],
    ['ackDelayMs', { ackDelayMs: -1 }],
    ['ackDelayMs', { ackDelayMs: NaN }],
    ['backoff.baseMs', { backoff: { baseMs: 0 } }],
    ['backoff.capMs', { backoff: { baseMs: 500, capMs: 100 } }],
  ])('refuse a wrong %s and name it', (name, wrong) => {
    let caught: unknown;
    try {
      resolveOptions({ ...least, ...wrong });
    } catch (error) {
      caught = error;
    }
    expect(isPushClientError(caught) && caught.code).toBe('CLIENT_BAD_OPTION');
    expect((caught as Error).message).toContain(name);
  });
});
