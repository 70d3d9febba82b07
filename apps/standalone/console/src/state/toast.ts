import { signal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
}

const SHOWN_MS = 6_000;
export const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function say(text: string, tone: Toast['tone'] = 'plain', shownMs = SHOWN_MS): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone }];
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), shownMs);
}
