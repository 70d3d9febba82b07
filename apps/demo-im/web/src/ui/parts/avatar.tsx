import type { Person } from '../../api/types';
import { personOf } from '../../state/people';
import { Icon } from './icon';
import './avatar.css';

/** Initials on the person's colour. `dot`: whether to show that somebody is online. */
export function Avatar({ person, size = 44, dot = false }: { person: string | Person; size?: number; dot?: boolean }) {
  const { displayName, hue, online } = typeof person === 'string' ? personOf(person) : person;
  return (
    <span class="avatar" style={{ '--hue': `${hue}`, '--size': `${size}px` }} aria-hidden="true">
      {initials(displayName)}
      {dot && online && <span class="avatar-dot" />}
    </span>
  );
}

/** Of a group: its own colour, from its name, so that it is the same everywhere. */
export function GroupAvatar({ title, size = 44 }: { title: string; size?: number }) {
  const hue = [...title].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span class="avatar" style={{ '--hue': `${hue}`, '--size': `${size}px`, '--shape': '32%' }} aria-hidden="true">
      <Icon name="people" size={Math.round(size * 0.52)} />
    </span>
  );
}

/** Two letters of two names; of a name in Chinese the last two characters, as one does. */
function initials(name: string): string {
  const parts = name.trim().split(/\s+/u);
  if (parts.length === 1 && /^\p{Script=Han}+$/u.test(name)) return [...name].slice(-2).join('');
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((part) => [...(part ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}
