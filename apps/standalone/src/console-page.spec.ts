import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createConsolePage } from './console-page.js';

describe('the console’s page', () => {
  let folder: string;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'console-'));
    mkdirSync(path.join(folder, 'dist', 'assets'), { recursive: true });
    writeFileSync(path.join(folder, 'secret.html'), 'secret');
    writeFileSync(path.join(folder, 'dist', 'index.html'), '<!doctype html><title>Console</title>');
    writeFileSync(path.join(folder, 'dist', 'assets', 'index-Ab12Cd34.js'), 'let a = 1;\n'.repeat(100));
    writeFileSync(path.join(folder, 'dist', 'icon.svg'), '<svg/>');
    const page = createConsolePage(path.join(folder, 'dist'), (at) => at === '/console/session');
    server = createServer((request, response) =>
      page(request, response, () => {
        response.statusCode = 418;
        response.end();
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is the same under every path that is no file and no call', async () => {
    for (const at of ['/console', '/console/', '/console/messages/abc', '/console?problem=x']) {
      const answer = await fetch(url + at);
      expect([at, answer.status, await answer.text()]).toEqual([at, 200, expect.stringContaining('Console')]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const policy = answer.headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
        expect(policy.split('; ')).toContain(part);
      expect(policy).not.toMatch(/unsafe|\*/);
    }
  });

  it('leaves everything else to others', async () => {
    for (const at of ['/console/session', '/consoles', '/v1/messages', '/console/missing.js', '/'])
      expect([at, (await fetch(url + at)).status]).toEqual([at, 418]);
    expect((await fetch(`${url}/console`, { method: 'POST' })).status).toBe(418);
  });

  it('has files that are kept for ever by their name, compressed', async () => {
    const script = await fetch(`${url}/console/assets/index-Ab12Cd34.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(await script.text()).toContain('let a = 1;');
    const icon = await fetch(`${url}/console/icon.svg`);
    expect(icon.headers.get('cache-control')).toBe('no-cache');
    const again = await fetch(`${url}/console/icon.svg`, {
      headers: { 'if-none-match': icon.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('never reaches a file beside it', async () => {
    for (const at of ['/console/..%2fsecret.html', '/console/%2e%2e/secret.html', '/console//etc/passwd'])
      expect(await (await fetch(url + at)).text()).not.toMatch(/^secret|root:/);
  });
});
