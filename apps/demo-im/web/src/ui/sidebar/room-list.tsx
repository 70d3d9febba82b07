import { words } from '../../i18n/words';
import { areRoomsKnown, sortedRooms } from '../../state/rooms';
import { RoomRow } from './room-row';

const arrows: Record<string, 1 | -1> = { ArrowDown: 1, ArrowUp: -1 };

export function RoomList() {
  const { rooms } = words.value;

  /** Arrows go from line to line. */
  function step(event: KeyboardEvent): void {
    const by = arrows[event.key];
    if (by === undefined) return;
    const lines = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('a')];
    lines[lines.indexOf(document.activeElement as HTMLElement) + by]?.focus();
    event.preventDefault();
  }

  return (
    <nav class="room-list" aria-label={rooms.list} onKeyDown={step}>
      {sortedRooms.value.length === 0 && (
        <div class="room-list-empty">
          <p>{areRoomsKnown.value ? rooms.empty : rooms.loading}</p>
          {areRoomsKnown.value && <p>{rooms.emptyHint}</p>}
        </div>
      )}
      <ul>
        {sortedRooms.value.map((room) => (
          <RoomRow key={room.id} room={room} />
        ))}
      </ul>
    </nav>
  );
}
