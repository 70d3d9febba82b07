import { streamKey, type MemoryStore, type Push } from 'push-core';
import { readable } from 'push-core/testing';

/** A message as it was published, with the id it was given. */
export type Published = ReturnType<typeof readable>;

/** Everything an engine accepted, in order. */
export class PublishedLog {
  private readonly messages: Published[] = [];

  constructor(push: Push, { data }: MemoryStore) {
    // Read from memory itself: whoever awaited the publish finds it here at once.
    push.on('accepted', ({ tenant, id }) => {
      const stored = data.messages.get(streamKey(tenant, id));
      if (stored) this.messages.push(readable(stored.message));
    });
  }

  get all(): readonly Published[] {
    return [...this.messages];
  }
}
