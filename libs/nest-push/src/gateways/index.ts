export { PushGateway } from './push.gateway.js';
export { pushGateway } from './push-gateway-at.js';
export { PushNamespace } from './push-namespace.gateway.js';
export { PushSocketIo } from './push-socket-io.js';
