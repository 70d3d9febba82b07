export { PushGateway } from './push.gateway.js';
export { PushSocketIo } from './push-socket-io.js';
