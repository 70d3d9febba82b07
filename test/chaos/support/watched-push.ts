import type { Link, Push } from 'push-core';

/** What links were seen to hold. */
export interface LinkWatch {
  /** Most bytes a link ever had waiting at the end of a turn in which it was written to, by transport. */
  readonly mostBuffered: Record<string, number>;
}

/**
 * The same engine; a link's buffer is looked at after every turn in which something was written to it. Not sooner: what the
 * system takes at once is told to the writer at the end of the turn only.
 */
export function watchLinks(push: Push, watch: LinkWatch): Push {
  return {
    ...push,
    // A getter does not survive the spread.
    get meters() {
      return push.meters;
    },
    accept(link: Link, arrival) {
      const send = link.send.bind(link);
      let isPlanned = false;
      const look = (): void => {
        isPlanned = false;
        const held = link.bufferedBytes();
        if (held > (watch.mostBuffered[link.transport] ?? 0)) watch.mostBuffered[link.transport] = held;
      };
      link.send = (frames) => {
        send(frames);
        if (!isPlanned) setImmediate(look);
        isPlanned = true;
      };
      return push.accept(link, arrival);
    },
  };
}
