import type { NewApiKey } from '../../api/types';
import { words } from '../../i18n/words';
import { CopyButton } from '../../ui/parts/copy';
import { Dialog } from '../../ui/parts/dialog';

/** Esc does not close it: what it shows cannot be shown again. */
export function ShownOnce({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  const { keys } = words.value;
  return (
    <Dialog title={keys.shownOnce} lead={keys.shownOnceLead} mustAnswer onClose={onClose} testId="shown-once">
      <p class="secret" data-testid="key">
        {made.key}
      </p>
      <div class="buttons">
        <CopyButton text={made.key} />
        <button type="button" class="button button-primary" data-testid="key-kept" onClick={onClose}>
          {keys.done}
        </button>
      </div>
    </Dialog>
  );
}
