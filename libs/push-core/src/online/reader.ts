import type { Clock } from '../clock/clock.js';
import type { StreamRef } from '../model/stream.js';
import { streamKey } from '../model/stream.js';
import type { MessageStore, ReadRequest } from '../store/message-store.js';
import { toHotEntry, type HotEntry } from './hot-entry.js';

export interface SharedPage {
  readonly epoch: string;
  readonly head: number;
  readonly first: number;
  readonly entries: readonly HotEntry[];
}

interface Wish {
  readonly request: ReadRequest;
  readonly resolve: (page: SharedPage) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Store reads of all followers: what is asked for in one turn is one call, and who asks for the same page shares it.
 * A thousand devices that come back to one topic cost one read.
 */
export class Reader {
  private readonly underWay = new Map<string, Promise<SharedPage>>();
  private wishes: Wish[] = [];

  constructor(
    private readonly store: MessageStore,
    private readonly clock: Clock,
  ) {}

  read(ref: StreamRef, after: number, limit: number): Promise<SharedPage> {
    const key = `${streamKey(ref.tenant, ref.stream)} ${after} ${limit}`;
    let page = this.underWay.get(key);
    if (!page) {
      page = this.wish({ tenant: ref.tenant, stream: ref.stream, after, limit }).finally(() =>
        this.underWay.delete(key),
      );
      this.underWay.set(key, page);
    }
    return page;
  }

  private wish(request: ReadRequest): Promise<SharedPage> {
    if (this.wishes.length === 0) this.clock.soon(() => void this.fulfil());
    return new Promise((resolve, reject) => this.wishes.push({ request, resolve, reject }));
  }

  private async fulfil(): Promise<void> {
    const wishes = this.wishes;
    this.wishes = [];
    try {
      const pages = await this.store.read(wishes.map((wish) => wish.request));
      wishes.forEach((wish, i) => {
        const page = pages[i];
        if (!page) wish.reject(new Error('the store answered fewer pages than were asked for'));
        else wish.resolve({ ...page, entries: page.entries.map((entry) => toHotEntry(entry)) });
      });
    } catch (error) {
      for (const wish of wishes) wish.reject(error);
    }
  }
}
