import type { PushFrame, SignalFrame } from 'push-client';
import { announce } from '../chat/announce';
import { dropOutgoing } from '../state/outbox';
import { setPresence } from '../state/people';
import { amendLast, countMessage, loadRooms, putRoom } from '../state/rooms';
import { myId } from '../state/session';
import { addReceipts, markRecalled, putMessage } from '../state/threads';
import { startsTyping, stopsTyping } from '../state/typing';
import { messageIn, presenceIn, recalledIn, receiptIn, roomIn, typingFrom } from './decode';
import { readOpenRoom } from './read-marks';

/**
 * Never throws for what is in a message: one that cannot be understood would come again and again, and hold up all behind it.
 */
export function takeMessage({ type, data }: PushFrame): void {
  if (type === 'chat.message') takeChat(data);
  else if (type === 'chat.room') {
    const room = roomIn(data);
    if (room !== undefined) putRoom(room);
  } else if (type === 'chat.recalled') {
    const recalled = recalledIn(data);
    if (recalled === undefined) return;
    markRecalled(recalled.roomId, recalled.id);
    amendLast(recalled.roomId, new Set([recalled.id]), { recalled: true });
  }
}

export function takeSignal({ type, data }: SignalFrame): void {
  if (type === 'chat.typing') {
    const signal = typingFrom(data);
    if (signal !== undefined && signal.from !== myId()) startsTyping(signal.roomId, signal.from);
  } else if (type === 'chat.receipt') {
    const receipt = receiptIn(data);
    if (receipt === undefined) return;
    const { roomId, ids, user, state } = receipt;
    addReceipts(roomId, ids, user, state);
    amendLast(roomId, ids, { delivered: [user], ...(state === 'read' ? { read: [user] } : {}) });
  } else if (type === 'presence') {
    const presence = presenceIn(data);
    if (presence !== undefined) setPresence(presence.user, presence);
  }
}

function takeChat(data: unknown): void {
  const message = messageIn(data);
  if (message === undefined) return;
  // An own one, from here or from another device: where its request is not answered yet, this is the answer.
  if (message.from === myId()) dropOutgoing(message.clientId);
  stopsTyping(message.roomId, message.from);
  putMessage(message);
  if (!countMessage(message)) void loadRooms().catch(() => undefined);
  if (message.from === myId()) return;
  announce(message);
  readOpenRoom(message.roomId);
}
