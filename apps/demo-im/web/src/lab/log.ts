import { signal } from '@preact/signals';

export type Tone = 'good' | 'bad' | 'wait' | 'plain';

export interface LogLine {
  readonly id: number;
  readonly at: number;
  /** Name of the client's event, or `lab` for what was done here. */
  readonly kind: string;
  readonly text: string;
  readonly tone: Tone;
}

const MOST_LINES = 250;
let made = 0;

/** What the client told, the newest last. */
export const log = signal<readonly LogLine[]>([]);

export function note(kind: string, text: string, tone: Tone = 'plain'): void {
  made += 1;
  log.value = [...log.value, { id: made, at: Date.now(), kind, text, tone }].slice(-MOST_LINES);
}

export const clearLog = (): void => {
  log.value = [];
};
