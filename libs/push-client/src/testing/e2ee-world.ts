import {
  MemoryDirectory,
  MemoryKeys,
  openE2ee,
  type E2eeOptions,
  type E2eeSession,
  type OpenOutcome,
  type SealedData,
  type SealedEntry,
  type SealOptions,
} from '../e2ee/index.js';

/** Devices around one directory, and a wall clock that a test sets. */
export class E2eeWorld {
  readonly directory = new MemoryDirectory();
  now = 1_790_000_000_000;
  private entries = 0;

  /** `ann/phone`, its keys published. */
  async device(name: string, more: Partial<E2eeOptions> = {}): Promise<E2eeSession> {
    const [user = '', device = ''] = name.split('/');
    const session = await openE2ee({
      user,
      device,
      store: new MemoryKeys(),
      directory: this.directory,
      now: () => (this.now += 1),
      ...more,
    });
    await session.publishKeys();
    return session;
  }

  /** What the server would hand over: with an id of its own. */
  entry(data: unknown, more: Partial<SealedEntry> = {}): SealedEntry {
    this.entries += 1;
    return { id: `m${this.entries}`, type: 'chat', thread: 'room', data, ...more };
  }
}

/** Sealed for these users, or the test is over. */
export async function sealed(
  from: E2eeSession,
  users: string[],
  data: unknown,
  options: Partial<SealOptions> = {},
): Promise<SealedData> {
  const outcome = await from.sealFor(users, data, { type: 'chat', thread: 'room', ...options });
  if (outcome.kind !== 'sealed') throw new Error(`it was not sealed: ${outcome.kind}`);
  return outcome.data;
}

/** What was read, or why not. */
export const said = (outcome: OpenOutcome): unknown => (outcome.kind === 'opened' ? outcome.data : outcome.kind);
