import { between, reached } from './die.mjs';

/** `confirms first`: work counts as done before it is. The checker has to find it. */
const sabotage = process.env.CHAOS_SABOTAGE;
const LATE_MS = 700;

export function brokenRabbit(rabbit) {
  const bus = withMethods(rabbit.bus, {
    send: (target, given) => between('hint', () => target.send(...given)),
    broadcast: (target, given) => between('hint', () => target.broadcast(...given)),
  });
  const queue = withMethods(rabbit.queue, {
    consume: (target, [name, options, handle]) => target.consume(name, options, (work) => taken(work, handle)),
  });
  return new Proxy(rabbit, {
    get(target, name) {
      if (name === 'bus') return bus;
      if (name === 'queue') return queue;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function taken(work, handle) {
  if (sabotage === 'confirms first') {
    setTimeout(() => void handle(work), LATE_MS);
    return { kind: 'done' };
  }
  reached('taken before');
  const outcome = await handle(work);
  reached('taken after');
  setTimeout(() => reached('taken confirmed'), 50);
  return outcome;
}

function withMethods(object, methods) {
  return new Proxy(object, {
    get(target, name) {
      const changed = methods[name];
      if (changed) return (...given) => changed(target, given);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
