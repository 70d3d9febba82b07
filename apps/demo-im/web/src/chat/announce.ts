import { signal } from '@preact/signals';
import type { Message } from '../api/types';
import { firstName } from '../state/people';

/** What a screen reader says: the last message that came. */
export const announced = signal('');

export function announce(message: Message): void {
  announced.value = `${firstName(message.from)}: ${message.text}`;
}
