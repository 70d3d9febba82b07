import { WebSocketGateway } from '@nestjs/websockets';
import { PushError } from 'push-core';
import { gatewayOptions } from './gateway-options.js';
import { PushGateway } from './push.gateway.js';

/**
 * `PushGateway` at another path: `providers: [pushGateway({ path: '/live' })]`. A class of its own for every call; keep it
 * in a constant where it is named twice. Throws INVALID for what is no path.
 */
export function pushGateway({ path }: { path: string }): typeof PushGateway {
  if (!/^\/[^?#\s]+$/.test(path)) throw new PushError('INVALID', '"path" must start with /', { field: 'path' });
  class PathGateway extends PushGateway {}
  WebSocketGateway(gatewayOptions(path))(PathGateway);
  return PathGateway;
}
