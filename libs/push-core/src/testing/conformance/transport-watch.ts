import type { Push } from '../../push.js';
import type { Link, LinkHandler } from '../../transports/transport.js';

/** What the suite sees of one link, from the core's side of it. */
export interface WatchedLink {
  readonly link: Link;
  /** Characters of the frames handed to it. */
  handed: number;
  /** The most it said its socket had not taken, after any call of `send`. Bytes. */
  peakBufferedBytes: number;
  pings: number;
  /** Signs of life that came in. */
  heard: number;
  /** Calls of `closed`: one, in the end. */
  ends: number;
  /** What was called after `closed`. */
  late: string[];
}

/** The engine as it is, with an ear on every link that is handed to it. */
export function watched(push: Push): { readonly push: Push; readonly links: readonly WatchedLink[] } {
  const links: WatchedLink[] = [];
  const accept: Push['accept'] = (link, arrival) => {
    const seen: WatchedLink = { link, handed: 0, peakBufferedBytes: 0, pings: 0, heard: 0, ends: 0, late: [] };
    links.push(seen);
    return watchedHandler(push.accept(watchedLink(link, seen), arrival), seen);
  };
  return { push: Object.create(push, { accept: { value: accept } }) as Push, links };
}

function watchedLink(link: Link, seen: WatchedLink): Link {
  return {
    transport: link.transport,
    resends: link.resends,
    lingerMs: link.lingerMs,
    send(frames) {
      for (const { text } of frames) seen.handed += text.length;
      link.send(frames);
      seen.peakBufferedBytes = Math.max(seen.peakBufferedBytes, link.bufferedBytes());
    },
    bufferedBytes: () => link.bufferedBytes(),
    ping() {
      seen.pings++;
      link.ping();
    },
    close: (reason) => link.close(reason),
  };
}

function watchedHandler(handler: LinkHandler, seen: WatchedLink): LinkHandler {
  const note = (call: string): void => {
    if (seen.ends > 0) seen.late.push(call);
  };
  return {
    received(text) {
      note('received');
      seen.heard++;
      handler.received(text);
    },
    alive() {
      note('alive');
      seen.heard++;
      handler.alive();
    },
    drained() {
      note('drained');
      handler.drained();
    },
    violated(reason) {
      note('violated');
      handler.violated(reason);
    },
    closed() {
      seen.ends++;
      handler.closed();
    },
  };
}
