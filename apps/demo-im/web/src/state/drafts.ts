import { myId } from './session';
import { storage } from './storage';

const keyOf = (roomId: string) => `draft/${myId()}/${roomId}`;

/** What is written and not sent yet, kept for each room. */
export function draftIn(roomId: string): string {
  const kept = storage.read(keyOf(roomId));
  return typeof kept === 'string' ? kept : '';
}

export const keepDraft = (roomId: string, text: string): void =>
  storage.write(keyOf(roomId), text === '' ? undefined : text);
