export { attachSocketIo, type SocketIoOptions } from './attach.js';
export { createSocketIoServer, type OwnSocketIoServer, type SocketIoServerOptions } from './create-server.js';
export { socketIoGate, type SocketIoGate, type SocketIoGateOptions } from './gate.js';
export type { SocketIoAnswer } from './client-events.js';
export type { SocketIoAuth } from './handshake.js';
export type { SocketIoProblem } from './problem.js';
export type { AnySocketIoNamespace, AnySocketIoServer, AnySocketIoSocket } from './socket-io-slice.js';
