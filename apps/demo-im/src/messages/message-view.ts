import type { RoomMember } from '../rooms/room-member.entity.js';
import type { Message } from './message.entity.js';

/** As the members of its room see it. */
export interface MessageView {
  readonly id: string;
  readonly roomId: string;
  readonly from: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly clientId: string;
  readonly recalled?: true;
  /** People on one of whose devices it is, without the sender. */
  readonly delivered: readonly string[];
  readonly read: readonly string[];
  readonly pushId?: string;
}

export function messageView(message: Message, members: readonly RoomMember[]): MessageView {
  const others = members.filter((member) => member.personId !== message.from);
  const upTo = (mark: 'deliveredUpTo' | 'readUpTo'): string[] =>
    others.filter((member) => member[mark] >= message.number).map((member) => member.personId);
  const { id, roomId, from, text, at, clientId, isRecalled, pushId } = message;
  return {
    ...{ id, roomId, from, text, at, clientId },
    ...(isRecalled ? { recalled: true } : {}),
    delivered: upTo('deliveredUpTo'),
    read: upTo('readUpTo'),
    ...(pushId ? { pushId } : {}),
  };
}
