export { attachWebSocket, type WebSocketOptions } from './attach.js';
