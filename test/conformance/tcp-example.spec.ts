import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { transportConformance } from 'push-core/testing';
import { tcpHarness } from './support/tcp-harness.js';

const docs = path.resolve(__dirname, '../../docs');

const leftOut = transportConformance({ describe, it, beforeEach, afterEach, expect }, () => tcpHarness);

describe('the example of docs/transports.md', () => {
  it('is judged by every case of the suite', () => {
    expect(leftOut).toEqual([]);
  });

  it('is on the page word for word', () => {
    const page = readFileSync(path.join(docs, 'transports.md'), 'utf8');
    const source = readFileSync(path.join(docs, 'examples/tcp-transport.ts'), 'utf8');
    const quoted = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
    expect(quoted).toContain(source);
  });
});
