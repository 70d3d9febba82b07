import type { ComponentChildren } from 'preact';
import { words } from '../../i18n/words';

// What has no width, changes the direction of what follows, or is a control: as text it could hide or disguise something. Line breaks and tabs are shown as such.
const UNSEEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** Text that somebody else wrote, as text: markup is not read, and what cannot be seen is made visible. */
export function Plain({ text }: { text: string }) {
  return <bdi>{withUnseen(text)}</bdi>;
}

export function withUnseen(text: string): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    const code = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    parts.push(
      <span class="unseen" title={words.value.act.unseen(code)} key={match.index}>
        {code}
      </span>,
    );
    from = match.index + match[0].length;
  }
  if (from === 0) return text;
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
