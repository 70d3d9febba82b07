import { createTypeOrmStore as make } from 'nest-push/typeorm';
import { between } from './die.mjs';

export * from 'nest-push/typeorm';

export const createTypeOrmStore = (...given) => brokenStore(make(...given));

const PARTS = new Set(['messages', 'cursors', 'jobs', 'presence']);

function brokenStore(store) {
  const parts = new Map();
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value === 'function') return value.bind(target);
      if (!PARTS.has(name)) return value;
      if (!parts.has(name)) parts.set(name, brokenPart(String(name), value));
      return parts.get(name);
    },
  });
}

function brokenPart(name, part) {
  return new Proxy(part, {
    get(target, method) {
      const value = Reflect.get(target, method, target);
      if (typeof value !== 'function') return value;
      return (...given) =>
        pointsOf(name, String(method), given).reduce(
          (run, point) => () => between(point, run),
          () => value.apply(target, given),
        )();
    },
  });
}

/** An append is several: of new messages, of pages of a long audience, of messages that are due. */
function pointsOf(part, method, [first]) {
  if (method !== 'append') return [`${part}.${method}`];
  return [...new Set(first.map(({ when }) => when))].map((when) => `append ${when}`);
}
