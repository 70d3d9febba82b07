import { describe, expect, it } from '@jest/globals';
import type { Readable } from 'node:stream';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { AuditEntry } from './audit.js';
import { AuditController } from './audit.controller.js';
import type { AuditStore } from './audit-store.js';

const COUNT = 100_000;
const idOf = (at: number): string => at.toString().padStart(9, '0');
const entry = (at: number): AuditEntry => ({
  id: idOf(at),
  at,
  actor: { kind: 'key', id: 'k1' },
  action: 'createKey',
  outcome: 'ok',
});

/** A log of a hundred thousand, made up as it is read. */
function longLog() {
  const asked: (string | undefined)[] = [];
  const store = {
    async oldest({ after, limit }: { after?: string; limit: number }): Promise<AuditEntry[]> {
      asked.push(after);
      const begin = after === undefined ? 0 : Number(after) + 1;
      return Array.from({ length: Math.min(limit, COUNT - begin) }, (_, at) => entry(begin + at));
    },
  };
  return { asked, store: store as unknown as AuditStore };
}

const caller: AccountPrincipal = {
  tenant: 'default',
  role: 'admin',
  everyTenant: true,
  actor: { kind: 'admin-key', id: 'admin' },
};

describe('the export of the audit log', () => {
  const exported = (store: AuditStore): Readable =>
    new AuditController(store).export(caller, { params: {}, query: {}, headers: {}, body: undefined }).getStream();

  it('reads no further than somebody takes it', async () => {
    const { asked, store } = longLog();
    const stream = exported(store);
    const first = await new Promise<Buffer>((resolve) =>
      stream.once('data', (chunk: Buffer) => (stream.pause(), resolve(chunk))),
    );
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(first.toString().split('\n')).toHaveLength(1001);
    expect(asked.length).toBeLessThanOrEqual(3);
    stream.destroy();
  });

  it('has every entry once, in order', async () => {
    const { store } = longLog();
    let text = '';
    let next = 0;
    for await (const chunk of exported(store)) {
      text += String(chunk);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if ((JSON.parse(line) as AuditEntry).id === idOf(next)) next++;
    }
    expect(next).toBe(COUNT);
  });
});
