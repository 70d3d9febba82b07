// Taken once: under a test runner every look at a global is slow.
const { imul } = Math;

/** What happened, in order: folded into a hash that tells two runs apart, kept as text where somebody wants to read it. */
export class Trace {
  readonly lines: string[] = [];
  private low = 0x811c9dc5;
  private high = 0x01000193;

  constructor(
    private readonly keep: boolean,
    private readonly now: () => number,
    private readonly start: number,
  ) {}

  add(text: string): void {
    const line = `${this.now() - this.start} ${text}`;
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at);
      this.low = imul(this.low ^ code, 0x01000193);
      this.high = imul(this.high + code, 0x85ebca6b) ^ (this.high >>> 13);
    }
    if (this.keep) this.lines.push(line);
  }

  get hash(): string {
    const hex = (part: number) => (part >>> 0).toString(16).padStart(8, '0');
    return hex(this.low) + hex(this.high);
  }
}
