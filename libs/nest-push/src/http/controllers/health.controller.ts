import { Inject } from '@nestjs/common';
import { PushError, type Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import { livenessOperation, readinessOperation } from '../openapi/health.operations.js';
import { PushController, Route } from '../route.js';

/** `degraded`: takes work, though something it would like to have is away. */
type Readiness = { status: 'ready' } | { status: 'degraded'; degraded: readonly string[] };

@PushController()
export class HealthController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(livenessOperation)
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Open to everyone, so it does not tell what the trouble is; the log does. */
  @Route(readinessOperation)
  ready(): Readiness {
    const { state, trouble, bus } = this.push.status();
    switch (state) {
      case 'new':
        throw new PushError('STORE_UNAVAILABLE', 'The engine has not started yet');
      case 'draining':
      case 'closed':
        throw new PushError('DRAINING', 'This node is shutting down');
      case 'started':
        if (trouble !== undefined) throw new PushError('STORE_UNAVAILABLE', 'The engine is in trouble');
        // Nothing is lost without the bus: other nodes find what they have missed in the store.
        if (bus.state !== 'up') return { status: 'degraded', degraded: [`broker ${bus.state}`] };
        return { status: 'ready' };
    }
  }
}
