import { Inject, Injectable } from '@nestjs/common';
import type { Push } from 'push-core';
import { PUSH } from '../tokens.js';

/** What `@nestjs/terminus` takes from an indicator: `down` makes the check answer 503. */
export type PushHealth<Key extends string = string> = Record<
  Key,
  {
    readonly status: 'up' | 'down';
    /** The engine's own word. */
    readonly state: string;
    readonly connections: number;
    /** Publishes waiting for the store. */
    readonly intakeQueue: number;
    /** What it would like to have and works without: `broker down`. */
    readonly degraded?: readonly string[];
    /** Why it is down, or degraded, without anything that is nobody's business. */
    readonly message?: string;
  }
>;

/**
 * The engine in a health check of `@nestjs/terminus`: `() => indicator.isReady('push')`.
 *
 *   isAlive     down once the engine is closed: for a liveness probe. A store that is away is no reason to be started again
 *   isReady     down while it takes no publishes: not started, draining, its store away: for a readiness probe
 *   isWhole     also down while it is degraded, for a page that people look at. Never for a probe: every node would leave
 *               the load balancer together because the broker is away, although each of them still delivers
 */
@Injectable()
export class PushHealthIndicator {
  constructor(@Inject(PUSH) private readonly push: Pick<Push, 'status'>) {}

  isAlive<Key extends string = 'push'>(key: Key = 'push' as Key): PushHealth<Key> {
    const { state } = this.push.status();
    return this.said(key, state !== 'closed', state === 'closed' ? 'the engine is closed' : undefined);
  }

  isReady<Key extends string = 'push'>(key: Key = 'push' as Key): PushHealth<Key> {
    const why = this.unready();
    return this.said(key, why === undefined, why);
  }

  isWhole<Key extends string = 'push'>(key: Key = 'push' as Key): PushHealth<Key> {
    const why = this.unready() ?? this.degraded().at(0);
    return this.said(key, why === undefined, why);
  }

  private said<Key extends string>(key: Key, isUp: boolean, message: string | undefined): PushHealth<Key> {
    const { state, connections, intakeQueue } = this.push.status();
    const degraded = this.degraded();
    const status = isUp ? ('up' as const) : ('down' as const);
    const facts = { status, state, connections, intakeQueue };
    const more = { ...(degraded.length > 0 && { degraded }), ...(message !== undefined && { message }) };
    return { [key]: { ...facts, ...more } } as PushHealth<Key>;
  }

  private unready(): string | undefined {
    const { state, trouble } = this.push.status();
    switch (state) {
      case 'new':
        return 'the engine has not started yet';
      case 'draining':
      case 'closed':
        return 'this node is shutting down';
      case 'started':
        return trouble === undefined ? undefined : 'the store does not answer as it should';
    }
  }

  private degraded(): readonly string[] {
    const { state, bus } = this.push.status();
    return state === 'started' && bus.state !== 'up' ? [`broker ${bus.state}`] : [];
  }
}
