import { computed } from '@preact/signals';
import { isAdmin, isServerAdmin, mayPublish } from '../../state/session';
import type { en } from '../../i18n/en/index';

export type PageName = keyof typeof en.shell.pages;
type GroupName = keyof typeof en.shell.groups;

interface Listed {
  readonly name: PageName;
  readonly group: GroupName | 'you';
  /** After `g`. */
  readonly key: string;
  readonly isOpen: () => boolean;
}

const everybody = () => true;

const ALL: readonly Listed[] = [
  { name: 'overview', group: 'watch', key: 'o', isOpen: everybody },
  { name: 'messages', group: 'watch', key: 'm', isOpen: everybody },
  { name: 'users', group: 'watch', key: 'u', isOpen: everybody },
  { name: 'topics', group: 'watch', key: 't', isOpen: everybody },
  { name: 'send', group: 'act', key: 's', isOpen: () => mayPublish.value },
  { name: 'dead', group: 'act', key: 'd', isOpen: everybody },
  { name: 'providers', group: 'act', key: 'p', isOpen: () => isAdmin.value },
  { name: 'tenants', group: 'administer', key: 'n', isOpen: () => isAdmin.value },
  { name: 'keys', group: 'administer', key: 'k', isOpen: () => isAdmin.value },
  { name: 'audit', group: 'administer', key: 'a', isOpen: () => isAdmin.value },
  { name: 'people', group: 'administer', key: 'e', isOpen: () => isServerAdmin.value },
  { name: 'account', group: 'you', key: 'c', isOpen: everybody },
];

/** The pages that who is signed in may open, in the order they are listed. */
export const pages = computed(() => ALL.filter(({ isOpen }) => isOpen()));
export const isKnownPage = (name: string): boolean => ALL.some((one) => one.name === name);
