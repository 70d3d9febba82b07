import { signal } from '@preact/signals';

/** A signal holds this long; who goes on typing says so again before. */
const HOLDS_MS = 5_000;

/** Who is typing where: room → people. */
export const typing = signal<ReadonlyMap<string, readonly string[]>>(new Map());

const timers = new Map<string, ReturnType<typeof setTimeout>>();

export function startsTyping(roomId: string, from: string): void {
  const key = `${roomId}\n${from}`;
  clearTimeout(timers.get(key));
  timers.set(
    key,
    setTimeout(() => stopsTyping(roomId, from), HOLDS_MS),
  );
  const now = typing.value.get(roomId) ?? [];
  if (!now.includes(from)) typing.value = new Map(typing.value).set(roomId, [...now, from]);
}

export function stopsTyping(roomId: string, from: string): void {
  const key = `${roomId}\n${from}`;
  clearTimeout(timers.get(key));
  timers.delete(key);
  const now = typing.value.get(roomId);
  if (now?.includes(from) !== true) return;
  const rest = now.filter((one) => one !== from);
  typing.value = new Map(typing.value).set(roomId, rest);
}

/** Without a connection nobody would say that it is over. */
export function forgetTyping(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  typing.value = new Map();
}

export const typingIn = (roomId: string): readonly string[] => typing.value.get(roomId) ?? [];
