import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface StreamEvent {
  id?: string;
  event: string;
  retry?: number;
  data: any;
}

/** `curl -N` on an event stream, read as the standard says: what any client in any language would see. */
export class CurlStream {
  readonly events: StreamEvent[] = [];
  head = '';
  ended = false;
  private text = '';
  private readonly waiters = new Set<() => void>();

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => this.take(chunk.toString()));
    child.on('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  static open(url: string, headers: Record<string, string> = {}): CurlStream {
    const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    return new CurlStream(
      spawn('curl', ['-sS', '-N', '-i', '--no-keepalive', ...given, url], { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.head)?.[1]);
  }
  get seqs(): number[] {
    return this.of('push').map(({ data }) => (data as { seq: number }).seq);
  }
  /** What a client that stops now would send as `Last-Event-ID`. */
  get lastEventId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? '';
  }
  of(event: string): StreamEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  until(holds: (self: this) => boolean, patienceMs = 10_000): Promise<this> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds(this)) {
          if (!this.ended) return;
          settle(() => reject(new Error(`the stream ended: ${this.head}${JSON.stringify(this.events.slice(-5))}`)));
        } else settle(() => resolve(this));
      };
      const late = setTimeout(
        () => settle(() => reject(new Error(`not within ${patienceMs} ms: ${JSON.stringify(this.events.slice(-5))}`))),
        patienceMs,
      );
      const settle = (how: () => void) => {
        clearTimeout(late);
        this.waiters.delete(look);
        how();
      };
      this.waiters.add(look);
      look();
    });
  }
  connected(): Promise<this> {
    return this.until(() => this.of('connected').length > 0);
  }
  pushes(count: number): Promise<this> {
    return this.until(() => this.of('push').length >= count);
  }

  /** The network is gone: nothing is said to the server. */
  async drop(): Promise<void> {
    if (this.ended) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }

  private take(chunk: string): void {
    this.text += chunk;
    if (this.head === '') {
      const end = this.text.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.text.slice(0, end);
      this.text = this.text.slice(end + 4);
    }
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const fields = new Map(
        this.text
          .slice(0, end)
          .split('\n')
          .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      this.text = this.text.slice(end + 2);
      if (!fields.has('data')) continue;
      this.events.push({
        id: fields.get('id'),
        event: fields.get('event') ?? 'message',
        retry: fields.has('retry') ? Number(fields.get('retry')) : undefined,
        data: JSON.parse(fields.get('data')!),
      });
    }
    this.wake();
  }

  private wake(): void {
    for (const look of [...this.waiters]) look();
  }
}
