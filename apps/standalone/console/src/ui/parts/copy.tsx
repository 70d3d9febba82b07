import { useState } from 'preact/hooks';
import { words } from '../../i18n/words';
import { say } from '../../state/toast';
import { Icon } from './icon';

const SHOWN_MS = 1500;

/** Also where the page is not served over https, and the browser's clipboard is out of reach. */
async function put(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

function useCopied(text: string): [boolean, () => void] {
  const [isDone, setDone] = useState(false);
  const copy = () => {
    void put(text).then(() => {
      setDone(true);
      say(words.value.act.copied);
      setTimeout(() => setDone(false), SHOWN_MS);
    });
  };
  return [isDone, copy];
}

export function Copy({ text, what }: { text: string; what?: string }) {
  const [isDone, copy] = useCopied(text);
  const label = what === undefined ? words.value.act.copy : `${words.value.act.copy}: ${what}`;
  return (
    <button type="button" class="copy" aria-label={label} title={words.value.act.copy} onClick={copy}>
      <Icon name={isDone ? 'check' : 'copy'} size={15} />
    </button>
  );
}

export function CopyButton({ text }: { text: string }) {
  const [isDone, copy] = useCopied(text);
  return (
    <button type="button" class="button" data-testid="copy" onClick={copy}>
      <Icon name={isDone ? 'check' : 'copy'} size={15} />
      {isDone ? words.value.act.copied : words.value.act.copy}
    </button>
  );
}
