export { acceptWebSocket, type AcceptWebSocketOptions } from './accept.js';
export { attachWebSocket, type WebSocketOptions } from './attach.js';
export type { AcceptedSocket } from './accepted-socket.js';
export { webSocketServerOptions } from './server-options.js';
