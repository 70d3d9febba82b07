import { signal } from '@preact/signals';
import { api } from '../api/calls';
import type { Person } from '../api/types';
import { session } from './session';

/** Everybody the server told of, by id. */
export const people = signal<ReadonlyMap<string, Person>>(new Map());

export async function loadPeople(): Promise<void> {
  const all = await api.people();
  people.value = new Map(all.map((person) => [person.id, person]));
}

/** Somebody came or went. */
export function setPresence(id: string, presence: Pick<Person, 'online' | 'lastSeenAt'>): void {
  const person = people.value.get(id);
  if (person !== undefined) people.value = new Map(people.value).set(id, { ...person, ...presence });
}

/** Never nobody: who is not known yet is shown by the id. */
export function personOf(id: string): Person {
  const me = session.value?.me;
  const known = people.value.get(id) ?? (me?.id === id ? me : undefined);
  return known ?? { id, displayName: id, hue: 220, online: false };
}

export const firstOf = (displayName: string): string => displayName.trim().split(/\s+/u)[0] ?? displayName;
export const firstName = (id: string): string => firstOf(personOf(id).displayName);
