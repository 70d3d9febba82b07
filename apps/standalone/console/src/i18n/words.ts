import { computed } from '@preact/signals';
import { language } from '../state/preferences';
import { en } from './en/index';
import { zh } from './zh/index';

type Same<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [K in keyof T]: Same<T[K]> };

/** What a language has to bring: the keys of the English one, with the same arguments. */
export type Words = Same<typeof en>;

const dictionaries: Record<typeof language.value, Words> = { en, zh };

export const words = computed<Words>(() => dictionaries[language.value]);

/** A word by a name that came from the server, which may know more of them than this page does. */
export function wordFor(record: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(record, name) ? (record[name] ?? name) : name;
}
