import { createPush as make } from 'push-core';
import { reached } from './die.mjs';

export * from 'push-core';

export function createPush(options) {
  return new Proxy(make(options), {
    get(push, name) {
      const value = Reflect.get(push, name, push);
      if (name === 'accept') return (link, arrival) => brokenHandler(push.accept(brokenLink(link), arrival));
      return typeof value === 'function' ? value.bind(push) : value;
    },
  });
}

const carries = (frames, text) => JSON.stringify(frames)?.includes(text) === true;

function brokenLink(link) {
  const send = link.send.bind(link);
  link.send = (frames) => {
    const isPush = carries(frames, 'chaos');
    if (isPush) reached('write before');
    send(frames);
    // What is written in one turn leaves at its end.
    if (isPush) setImmediate(() => reached('write after'));
  };
  return link;
}

function brokenHandler(handler) {
  return new Proxy(handler, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given) => {
        if (name === 'received' && String(given[0]).includes('"ack"')) reached('acknowledgement before');
        const result = value.apply(target, given);
        if (name === 'received' && String(given[0]).includes('"ack"')) reached('acknowledgement after');
        return result;
      };
    },
  });
}
