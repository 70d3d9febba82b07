import { WebSocket, type RawData } from 'ws';
import type { ByeFrame, ServerFrame } from 'push-core/wire';
import type { ClusterNode } from './cluster-node.js';

/** WebSockets on one node that do nothing but wait to be told to go. */
export class ByeWatchers {
  readonly byes: ByeFrame[] = [];
  private readonly sockets: WebSocket[] = [];

  /** Resolves when all are admitted. */
  async watch(node: ClusterNode, tokens: readonly string[]): Promise<void> {
    const admitted = tokens.map((token, n) => {
      const socket = new WebSocket(`ws://127.0.0.1:${node.port}/v1/ws`, 'push.v1.json');
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('open', () => socket.send(JSON.stringify({ op: 'connect', token, device: `watcher-${n}` })));
      return new Promise<void>((resolve, reject) => {
        socket.on('close', () => reject(new Error('closed before it was admitted')));
        socket.on('message', (data: RawData) => {
          for (const line of (data as Buffer).toString().split('\n')) {
            const frame = JSON.parse(line) as ServerFrame;
            if (frame.op === 'connected') resolve();
            if (frame.op === 'bye') this.byes.push(frame);
          }
        });
      });
    });
    await Promise.all(admitted);
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
  }
}
