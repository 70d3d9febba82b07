export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads an event stream as the HTML standard has it, as far as `event`, `data`, `id` and comments go. */
export class EventStreamParser {
  /** What an EventSource would send as `Last-Event-ID`. */
  lastEventId: string | undefined;
  private rest = '';
  private event = '';
  private data: string[] = [];
  private id: string | undefined;

  /** The events that are complete with this. */
  take(chunk: string): ServerSentEvent[] {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    const events: ServerSentEvent[] = [];
    for (const line of lines) {
      if (line !== '') this.field(line.replace(/\r$/, ''));
      else if (this.dispatch()) events.push({ event: this.event || 'message', data: this.data.join('\n') });
      if (line === '') this.begin();
    }
    return events;
  }

  private dispatch(): boolean {
    if (this.id !== undefined) this.lastEventId = this.id;
    return this.data.length > 0;
  }

  private begin(): void {
    this.event = '';
    this.data = [];
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    if (name === 'data') this.data.push(value);
    if (name === 'id') this.id = value;
  }
}
