import type { Socket, SocketFactory } from 'push-client';
import type { Line } from './line';

/** How a browser says that a connection broke without a farewell. */
const BROKEN = { code: 1006, reason: '' };

/**
 * A browser's WebSocket that feels the state of the line: the client above takes it for a real network and has to get by. Offline mode of
 * the developer tools would do for a cut, but nothing in a browser makes a connection half open.
 */
export class LabSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  private readonly real: WebSocket;
  private readonly leaveLine: () => void;
  private isOver = false;

  constructor(
    private readonly line: Line,
    url: string,
    protocol: string,
  ) {
    this.leaveLine = line.onBreak(() => this.break());
    this.real = new WebSocket(url, protocol);
    this.real.onopen = (event) => this.whenUp(() => this.onopen?.(event as never));
    this.real.onmessage = ({ data }: MessageEvent<unknown>) => this.whenUp(() => this.onmessage?.({ data }));
    this.real.onclose = (event) => this.whenUp(() => this.over(event));
  }

  send(text: string): void {
    this.whenUp(() => this.real.send(text));
  }

  close(code?: number, reason?: string): void {
    this.real.close(code, reason);
  }

  /** What happens in a half-open line happened to nobody. */
  private whenUp(happens: () => void): void {
    if (this.line.isUp && !this.isOver) happens();
  }

  private break(): void {
    if (this.isOver) return;
    this.real.close();
    this.over(BROKEN);
  }

  private over({ code, reason }: { code: number; reason: string }): void {
    this.isOver = true;
    this.leaveLine();
    this.onclose?.({ code, reason });
  }
}

/** For the option `socket` of `PushClient`. */
export function labSockets(line: Line): SocketFactory {
  return (url, protocol) => {
    if (line.state.value === 'cut') throw new Error('there is no network');
    return new LabSocket(line, url, protocol);
  };
}
