import { signal } from '@preact/signals';

const SHOWN_MS = 5_000;

export const toast = signal<string | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  clearTimeout(timer);
  toast.value = text;
  timer = setTimeout(() => (toast.value = undefined), SHOWN_MS);
}
