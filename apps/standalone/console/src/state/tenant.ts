import { computed, signal } from '@preact/signals';
import { person } from './session';
import { storage } from './storage';

const chosen = signal(storage.read('tenant') ?? 'default');

/** The tenant that is looked at. Who belongs to one tenant sees that one. */
export const tenant = computed(() => {
  const own = person.value?.tenant;
  return own === undefined || own === '*' ? chosen.value : own;
});

export const mayChooseTenant = computed(() => person.value?.tenant === '*');

export function chooseTenant(id: string): void {
  chosen.value = id;
  storage.write('tenant', id);
}
