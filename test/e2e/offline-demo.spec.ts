import { expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import path from 'node:path';

jest.setTimeout(90_000);

const DEMO = path.resolve(__dirname, '../../apps/standalone/dist/demo/offline.js');

it('shows an offline phone, a half-open browser and a tablet that is read elsewhere, without any account', async () => {
  const before = performance.now();
  const out = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [DEMO], { timeout: 60_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });
  expect(performance.now() - before).toBeLessThan(60_000);
  for (const said of [
    /notified +phone over apns/,
    /→ ann: notified\nApple was sent 1: /,
    /delivered +browser/,
    /notified +browser over webpush/,
    /→ bob: notified\nThe push service was sent 1 for both\./,
    /notified +tablet over fcm/,
    /retracted +tablet over fcm/,
    /→ cleo: read\nGoogle was sent 2: shown, data/,
  ])
    expect(out).toMatch(said);
  // From the line going dead to the notification at the push service: waitMs (3 s) and at most one second.
  const silentFor = Number(/\+([\d.]+) s +notified +browser over webpush/.exec(out)?.[1]);
  expect(silentFor).toBeGreaterThanOrEqual(3);
  expect(silentFor).toBeLessThan(4);
});
