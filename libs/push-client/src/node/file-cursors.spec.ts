import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileCursors } from './file-cursors.js';

describe('file cursors', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'push-client-'));
    path = join(folder, 'deep', 'cursors.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('begin empty and outlive the object that saved them', async () => {
    const before = new FileCursors(path);
    expect(await before.load()).toEqual({});
    await before.save('@me', { epoch: 'e1', seq: 7 });
    await before.save('old', { epoch: 'e1', seq: 8 });
    await before.forget('old');
    expect(await new FileCursors(path).load()).toEqual({ '@me': { epoch: 'e1', seq: 7 } });
  });

  it('hold, once a save resolves, that position or a later one; saves at once share a write', async () => {
    const cursors = new FileCursors(path);
    const saves = Array.from({ length: 200 }, (_, seq) => cursors.save(`t${seq % 5}`, { epoch: 'e1', seq }));
    await saves[0];
    const first = JSON.parse(await readFile(path, 'utf8')) as Record<string, { seq: number }>;
    expect(first.t0?.seq).toBe(195);
    await Promise.all(saves);
    expect(new Set(saves).size).toBe(1);
    expect(await new FileCursors(path).load()).toMatchObject({ t4: { seq: 199 } });
  });

  it('a save during a write is in the next one, in order', async () => {
    const cursors = new FileCursors(path);
    const one = cursors.save('@me', { epoch: 'e1', seq: 1 });
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    const two = cursors.save('@me', { epoch: 'e1', seq: 2 });
    expect(two).not.toBe(one);
    await Promise.all([one, two]);
    expect(await new FileCursors(path).load()).toEqual({ '@me': { epoch: 'e1', seq: 2 } });
  });

  it('leave no draft behind', async () => {
    await new FileCursors(path).save('@me', { epoch: 'e1', seq: 1 });
    expect(await readdir(join(folder, 'deep'))).toEqual(['cursors.json']);
  });

  it.each(['{"@me"', '[]', '7'])('reject the unreadable file %j, which the next save replaces', async (text) => {
    const flat = join(folder, 'cursors.json');
    await writeFile(flat, text);
    const cursors = new FileCursors(flat);
    await expect(cursors.load()).rejects.toThrow();
    await cursors.save('@me', { epoch: 'e1', seq: 1 });
    expect(await new FileCursors(flat).load()).toEqual({ '@me': { epoch: 'e1', seq: 1 } });
  });

  it('go on after a write that failed', async () => {
    const blocked = join(folder, 'file');
    await writeFile(blocked, '');
    const cursors = new FileCursors(join(blocked, 'cursors.json'));
    await expect(cursors.save('@me', { epoch: 'e1', seq: 1 })).rejects.toThrow();
    await rm(blocked);
    await cursors.save('@me', { epoch: 'e1', seq: 2 });
    expect(await new FileCursors(join(blocked, 'cursors.json')).load()).toEqual({ '@me': { epoch: 'e1', seq: 2 } });
  });
});
