/** Far above the longest event a server sends; what is longer is not collected. */
const LONGEST_EVENT_CHARS = 1024 * 1024;

/**
 * Takes an event stream apart as it comes, however it was cut. Only `data` counts: it holds the whole frame, `event` only
 * repeats its `op`, and `id` is for clients that cannot acknowledge (it would acknowledge what was merely received).
 * Lines end in LF or CRLF; a CR alone, which the standard also allows, is written by no server of ours.
 */
export class EventReader {
  private rest = '';
  private data: string | undefined;

  /** The data of the events that are complete now; undefined where one has grown beyond all measure. */
  read(text: string): string[] | undefined {
    const events: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.line(this.rest + text.slice(start, end), events);
      this.rest = '';
      start = end + 1;
    }
    this.rest += text.slice(start);
    return this.rest.length + (this.data?.length ?? 0) > LONGEST_EVENT_CHARS ? undefined : events;
  }

  private line(raw: string, events: string[]): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') {
      if (this.data !== undefined) events.push(this.data);
      this.data = undefined;
    } else if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    }
  }
}
