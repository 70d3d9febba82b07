import { effect, signal } from '@preact/signals';
import type { Login } from '../api/types';
import { askedDevice, storage } from './storage';

/** Who is logged in on this device; kept until the logout, or until the server wants no more of its token. */
export const session = signal<Login | undefined>(kept());

effect(() => storage.write('session', session.value));

/** This installation, as the push server knows it. */
export const device = askedDevice ?? keptDevice();

export const myId = (): string => session.value?.me.id ?? '';

function kept(): Login | undefined {
  const login = storage.read('session') as Partial<Login> | undefined;
  return typeof login?.token === 'string' && typeof login.me?.id === 'string' ? (login as Login) : undefined;
}

function keptDevice(): string {
  const known = storage.read('device');
  if (typeof known === 'string') return known;
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  const made = `web-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  storage.write('device', made);
  return made;
}
