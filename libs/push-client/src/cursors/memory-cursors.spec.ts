import { MemoryCursors } from './memory-cursors.js';

it('memory cursors answer what was saved and not forgotten', async () => {
  const cursors = new MemoryCursors();
  await cursors.save('@me', { epoch: 'e1', seq: 1 });
  await cursors.save('@me', { epoch: 'e1', seq: 2 });
  await cursors.save('__proto__', { epoch: 'e1', seq: 3 });
  await cursors.save('news', { epoch: 'e1', seq: 4 });
  await cursors.forget('news');
  expect(Object.entries(await cursors.load())).toEqual([
    ['@me', { epoch: 'e1', seq: 2 }],
    ['__proto__', { epoch: 'e1', seq: 3 }],
  ]);
});
