import { signal } from '@preact/signals';

export type LineState = 'up' | 'cut' | 'half-open';

/**
 * The page's imaginary cable to the server. A page cannot unplug the real one, so everything it says goes through this: sockets by
 * `LabSocket`, requests by `lab-fetch`.
 *
 * - *up*: nothing is in the way.
 * - *cut*: what was open breaks at once, nothing new can be opened. Both sides notice.
 * - *half-open*: what was open stays so, but nothing arrives, in either direction; what is opened waits for ever. Nobody is told, as
 *   behind a router that has forgotten the connection. Only a heartbeat finds out.
 *
 * Back to *up* also breaks what was open in *half-open*: bytes were lost in its middle, and a real network would answer with a reset.
 */
export class Line {
  readonly state = signal<LineState>('up');
  private readonly breakables = new Set<() => void>();

  get isUp(): boolean {
    return this.state.value === 'up';
  }

  change(to: LineState): void {
    if (this.state.value === to) return;
    this.state.value = to;
    if (to === 'half-open') return;
    for (const breakIt of [...this.breakables]) breakIt();
  }

  /** `breakIt` is called when the line breaks. Answers what takes it off again. */
  onBreak(breakIt: () => void): () => void {
    this.breakables.add(breakIt);
    return () => this.breakables.delete(breakIt);
  }
}
