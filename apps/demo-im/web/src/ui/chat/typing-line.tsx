import type { Room } from '../../api/types';
import { words } from '../../i18n/words';
import { firstName } from '../../state/people';
import { typingIn } from '../../state/typing';

/** Has its place also while nobody types: nothing jumps. */
export function TypingLine({ room }: { room: Room }) {
  const { chat } = words.value;
  const writers = typingIn(room.id);
  const [writer] = writers;
  return (
    <div class="typing-line">
      {writer !== undefined && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span data-testid="typing">
            {writers.length > 1 ? chat.typingMany(writers.length) : chat.typingOne(firstName(writer))}
          </span>
        </>
      )}
    </div>
  );
}
