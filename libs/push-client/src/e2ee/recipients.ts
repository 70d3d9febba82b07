import { checkBundle, type CheckedBundle } from './bundle.js';
import type { KeyDirectory } from './key-directory.js';
import type { LeftOut } from './outcome.js';
import type { Primitives } from './primitives.js';
import type { KeyChange, TrustBook } from './trust-book.js';

export interface Audience {
  readonly trusted: readonly CheckedBundle[];
  readonly leftOut: readonly LeftOut[];
  readonly changes: readonly KeyChange[];
}

/** The devices of users: what the directory says, held against what is pinned. */
export class Recipients {
  constructor(
    private readonly primitives: Primitives,
    private readonly directory: KeyDirectory,
    private readonly trust: TrustBook,
  ) {}

  async of(users: readonly string[]): Promise<Audience> {
    const judged = await Promise.all(
      (await this.bundlesOf(users)).map(async (bundle) => ({ bundle, verdict: await this.trust.meet(bundle) })),
    );
    const trusted: CheckedBundle[] = [];
    const leftOut: LeftOut[] = [];
    const changes: KeyChange[] = [];
    for (const { bundle, verdict } of judged) {
      const { user, device } = bundle;
      if (verdict.kind === 'trusted') trusted.push(bundle);
      else leftOut.push({ user, device, reason: verdict.kind });
      if (verdict.kind === 'keyChanged') changes.push(verdict.change);
    }
    return { trusted, leftOut, changes };
  }

  /** What is signed by itself and about whom was asked; one a device, the latest. */
  async bundlesOf(users: readonly string[]): Promise<CheckedBundle[]> {
    const given = await this.directory.bundlesOf(users);
    const latest = new Map<string, CheckedBundle>();
    for (const bundle of await Promise.all(given.map((one) => checkBundle(this.primitives, one)))) {
      if (bundle === undefined || !users.includes(bundle.user)) continue;
      const name = `${bundle.user} ${bundle.device}`;
      if ((latest.get(name)?.madeAt ?? 0) < bundle.madeAt) latest.set(name, bundle);
    }
    return [...latest.values()];
  }
}
