import { WebSocket, type RawData } from 'ws';
import type { ByeFrame, ServerFrame } from 'push-core/wire';
import { Client, type LinkEvents, type RawLink } from './client.js';

export class WebSocketClient extends Client {
  readonly transport = 'websocket';

  protected begin(events: LinkEvents): RawLink {
    const { port, token, device } = this.options;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, 'push.v1.json', { perMessageDeflate: false });
    const send = (frame: object): void => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    };
    let bye: ByeFrame | undefined;
    socket.on('open', () => send({ op: 'connect', token, device, resume: this.resume }));
    socket.on('message', (data: RawData) => {
      for (const line of (data as Buffer).toString().split('\n')) {
        const frame = JSON.parse(line) as ServerFrame;
        if (frame.op === 'connected') events.connected(frame.streams);
        else if (frame.op === 'bye') bye = frame;
        else events.frame(frame);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) =>
      events.gone({
        code: bye?.code ?? code,
        afterMs: bye?.afterMs,
        final: bye?.reconnect === false,
        reason: bye?.reason,
      }),
    );
    return {
      acknowledge: (s, seq) => send({ op: 'ack', s, seq }),
      drop: () => socket.terminate(),
      abandon: () => socket.pause(),
    };
  }
}
