// Drives one contender through the works, with the same code for all of them. A contender is:
//   listen({ path })           → { port }; every connection is authenticated: its token is the user's id, `u0`, `u1`, …
//   connections()              how many are connected and authenticated
//   toTopic(payload)           to everybody connected
//   toUser(index, payload)     to `u<index>`; the contender calls `acknowledged(1)` when that user has acknowledged it
//   topicAcknowledged(total)   ours only: resolves when that many deliveries are acknowledged
import { answer, pause } from '../lib/answers.mjs';
import { FIRST, nowMicros, payload } from '../lib/payload.mjs';

export function serve(makeContender) {
  let published = 0;
  let onAcknowledged = () => {};
  const trouble = [];
  const contender = makeContender({
    acknowledged: (count) => onAcknowledged(count),
    fail: (error) => trouble.push(String(error?.stack ?? error)),
  });
  const check = () => {
    if (trouble.length > 0) throw new Error(`${trouble.length} failures, the first: ${trouble[0]}`);
  };

  answer({
    listen: (args) => contender.listen(args),

    cpu: () => {
      const { user, system } = process.cpuUsage();
      return { user, system };
    },

    connections: () => contender.connections(),

    async rss() {
      for (let round = 0; round < 4; round++) {
        globalThis.gc?.();
        await pause(250);
      }
      return process.memoryUsage();
    },

    /** All at once: nothing is awaited between two publishes. */
    async burst({ messages }) {
      const deliveries = messages * contender.connections();
      const startedAt = nowMicros();
      const all = contender.topicAcknowledged?.(deliveries);
      for (let i = 0; i < messages; i++) contender.toTopic(payload(FIRST + published++));
      const handedOverAt = nowMicros();
      const acknowledgedAt = await all;
      check();
      return { startedAt, handedOverAt, acknowledgedAt };
    },

    /** One message every 1000 / rate milliseconds, each on its own turn of the event loop. */
    async steady({ rate, seconds }) {
      const messages = rate * seconds;
      const startedAt = nowMicros();
      let late = 0;
      for (let i = 0; i < messages; i++) {
        const due = startedAt + (i * 1e6) / rate;
        const wait = (due - nowMicros()) / 1000;
        if (wait > 0) await pause(wait);
        if (nowMicros() - due > 1e6 / rate) late++;
        contender.toTopic(payload(FIRST + published++));
      }
      check();
      return { messages, late };
    },

    /** Always `inFlight` published and not yet acknowledged, round-robin over the users. */
    async single({ users, inFlight, warmMs, measureMs }) {
      let outstanding = 0;
      let done = 0;
      let running = true;
      const next = () => {
        outstanding++;
        const n = published++;
        contender.toUser(n % users, payload(FIRST + (n % 9_000_000)));
      };
      let finished;
      const empty = new Promise((resolve) => (finished = resolve));
      onAcknowledged = (count) => {
        done += count;
        outstanding -= count;
        if (running) for (let i = 0; i < count; i++) next();
        else if (outstanding === 0) finished();
      };
      for (let i = 0; i < inFlight; i++) next();
      await pause(warmMs);
      const before = { done, at: nowMicros(), cpu: process.cpuUsage() };
      await pause(measureMs);
      const micros = nowMicros() - before.at;
      const cpu = process.cpuUsage(before.cpu);
      const messages = done - before.done;
      running = false;
      await Promise.race([empty, pause(15_000)]);
      check();
      if (outstanding !== 0) throw new Error(`${outstanding} messages were never acknowledged`);
      return { messages, micros, cpuMicros: cpu.user + cpu.system, total: done };
    },
  });
}

/** `u17` → 17 */
export function userIndex(token) {
  const index = /^u(\d{1,6})$/.exec(token ?? '')?.[1];
  return index === undefined ? undefined : Number(index);
}
