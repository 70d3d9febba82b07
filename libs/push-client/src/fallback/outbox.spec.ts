import { ManualClock } from '../testing/manual-clock.js';
import { Outbox } from './outbox.js';

it('flushed with nothing to say, it posts what comes later', async () => {
  const clock = new ManualClock();
  const posted: object[] = [];
  const outbox = new Outbox({ clock, random: () => 0, post: async (_, body) => void posted.push(body) });
  await outbox.flush();
  outbox.add({ op: 'ack', s: '@me', seq: 1 });
  await clock.advance(500);
  expect(posted).toEqual([{ s: '@me', seq: 1 }]);
});
