import { SharedFrame, type Link, type LinkHandler, type Push } from 'push-core';
import type { TransportHarness } from 'push-core/testing';

/** Faults a transport's author could make. Each must turn a case of the suite red, or the suite proves nothing. */
export const FAULTS = {
  'acknowledgements are swallowed': {
    handler: (handler) => ({ ...bound(handler), received: (text) => onlyWith(handler, text, (op) => op !== 'ack') }),
  },
  'an entry counts as acknowledged once it is written': {
    link: (link, handler) => ({
      ...boundLink(link),
      send(frames) {
        link.send(frames);
        for (const { s, seq } of pushesIn(frames)) handler().received(JSON.stringify({ op: 'ack', s, seq }));
      },
    }),
  },
  'frames leave in the wrong order': {
    link: (link) => ({
      ...boundLink(link),
      send: (frames) => link.send([...frames].reverse().map((frame) => mapLines(frame, (lines) => lines.reverse()))),
    }),
  },
  'the first entry after a return is lost': {
    link: (link, _handler, nth) => {
      let isFirst = nth > 1;
      const dropFirst = (lines: string[]) =>
        lines.filter((line) => {
          const isLost = isFirst && line.startsWith('{"op":"push"');
          if (isLost) isFirst = false;
          return !isLost;
        });
      return { ...boundLink(link), send: (frames) => link.send(frames.map((frame) => mapLines(frame, dropFirst))) };
    },
  },
  'text beyond ASCII is lost': {
    link: (link) => ({
      ...boundLink(link),
      send: (frames) => link.send(frames.map(({ text }) => new SharedFrame(text.replaceAll(/[^\n -~]/g, '?')))),
    }),
  },
  'long entries are lost': {
    link: (link) => ({
      ...boundLink(link),
      send: (frames) =>
        link.send(frames.map((frame) => mapLines(frame, (lines) => lines.filter(({ length }) => length < 60_000)))),
    }),
  },
  'the end of a link is not reported': { handler: (handler) => ({ ...bound(handler), closed: () => undefined }) },
  'the end of a link is reported twice': {
    handler: (handler) => ({
      ...bound(handler),
      closed() {
        handler.closed();
        handler.closed();
      },
    }),
  },
  'what arrives after the end is still handed over': {
    handler: (handler) => ({
      ...bound(handler),
      closed() {
        handler.closed();
        handler.received('{"op":"ping"}');
      },
    }),
  },
  'a link asked to close stays open': { link: (link) => ({ ...boundLink(link), close: () => undefined }) },
  'the goodbye is not said': {
    link: (link) => ({
      ...boundLink(link),
      send: (frames) => link.send(frames.filter(({ text }) => !text.startsWith('{"op":"bye"'))),
    }),
  },
  'bytes that wait are not counted': { link: (link) => ({ ...boundLink(link), bufferedBytes: () => 0 }) },
  'nobody hears that the socket has drained': {
    handler: (handler) => ({ ...bound(handler), drained: () => undefined }),
  },
  'signs of life are not passed on': { handler: (handler) => ({ ...bound(handler), alive: () => undefined }) },
  'the window the client names is ignored': {
    handler: (handler) => ({
      ...bound(handler),
      received: (text) => handler.received(text.replace(/"window":\d+/, '"window":1024')),
    }),
  },
  'the position the client names is ignored': {
    handler: (handler) => ({
      ...bound(handler),
      received: (text) => handler.received(text.replace(/"resume":\{.*?\}\}/, '"resume":{}')),
    }),
  },
  'signals are taken for entries of no interest': {
    link: (link) => ({
      ...boundLink(link),
      send: (frames) => link.send(frames.filter(({ text }) => !text.startsWith('{"op":"signal"'))),
    }),
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

interface Fault {
  /** `nth`: how many links there were before, and this one. */
  link?(link: Link, handler: () => LinkHandler, nth: number): Link;
  handler?(handler: LinkHandler): LinkHandler;
}

/** The harness's transport with a fault between it and the core. */
export function sabotaged(harness: TransportHarness, name: FaultName): TransportHarness {
  const fault: Fault = FAULTS[name];
  return {
    traits: harness.traits,
    open(push) {
      let links = 0;
      const accept: Push['accept'] = (link, arrival) => {
        const broken = fault.link?.(link, () => handler, ++links) ?? link;
        const handler: LinkHandler = push.accept(broken, arrival);
        return fault.handler?.(handler) ?? handler;
      };
      return harness.open(Object.create(push, { accept: { value: accept } }) as Push);
    },
  };
}

/** Methods that live on a prototype do not spread. */
function bound(handler: LinkHandler): LinkHandler {
  return {
    received: (text) => handler.received(text),
    alive: () => handler.alive(),
    drained: () => handler.drained(),
    violated: (reason) => handler.violated(reason),
    closed: () => handler.closed(),
  };
}

function boundLink(link: Link): Link {
  return {
    transport: link.transport,
    resends: link.resends,
    lingerMs: link.lingerMs,
    send: (frames) => link.send(frames),
    bufferedBytes: () => link.bufferedBytes(),
    ping: () => link.ping(),
    close: (reason) => link.close(reason),
  };
}

const mapLines = (frame: SharedFrame, map: (lines: string[]) => string[]): SharedFrame =>
  new SharedFrame(map(frame.text.split('\n')).join('\n'));

function onlyWith(handler: LinkHandler, text: string, wanted: (op: string) => boolean): void {
  const lines = text.split('\n').filter((line) => wanted((JSON.parse(line) as { op: string }).op));
  if (lines.length > 0) handler.received(lines.join('\n'));
}

function pushesIn(frames: readonly SharedFrame[]): { s: string; seq: number }[] {
  return frames
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.startsWith('{"op":"push"'))
    .map((line) => JSON.parse(line) as { s: string; seq: number });
}
