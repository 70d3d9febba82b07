export { nodeSocket } from './node-socket.js';
export type { NodeSocketOptions } from './node-socket.js';
export { FileCursors } from './file-cursors.js';
