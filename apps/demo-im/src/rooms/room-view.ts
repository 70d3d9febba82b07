import type { MessageView } from '../messages/message-view.js';
import type { RoomMember } from './room-member.entity.js';
import type { Room, RoomKind } from './room.entity.js';

/** As one of its members sees it. */
export interface RoomView {
  readonly id: string;
  readonly kind: RoomKind;
  readonly title?: string;
  readonly members: readonly string[];
  readonly unread: number;
  readonly last?: MessageView;
}

export function roomView(
  room: Room,
  members: readonly RoomMember[],
  { unread = 0, last }: { unread?: number; last?: MessageView } = {},
): RoomView {
  return {
    id: room.id,
    kind: room.kind,
    ...(room.title === null ? {} : { title: room.title }),
    members: members.map((member) => member.personId),
    unread,
    ...(last && { last }),
  };
}
