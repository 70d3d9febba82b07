export { adopt, type AdoptAnyOptions } from './adopt.js';
export { adoptSocketIo, type AdoptSocketIoOptions } from './adopt-socket-io.js';
export { adoptWebSocket, type AdoptWebSocketOptions, type WebSocketSlice } from './adopt-web-socket.js';
export type { Adoption, AdoptOptions } from './adoption.js';
export type { Envelope } from './host-messages.js';
