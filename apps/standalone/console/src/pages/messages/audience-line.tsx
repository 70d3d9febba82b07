import type { ComponentChildren } from 'preact';
import { words } from '../../i18n/words';
import { number } from '../../i18n/numbers';
import { address } from '../../state/route';
import { Link } from '../../ui/parts/link';
import { Plain } from '../../ui/parts/plain';

const FEW = 3;
const isText = (value: unknown): value is string => typeof value === 'string';

/** Whom a message is for, in one line. In lists the server may tell only how many there are: `{users: 3}`. */
export function AudienceLine({ to, most = FEW, asLinks }: { to: unknown; most?: number; asLinks?: boolean }) {
  const { messages, send } = words.value;
  if (typeof to === 'string') return <Plain text={to} />;
  if (typeof to !== 'object' || to === null) return <>–</>;
  const { users, topics, devices, all } = to as Record<string, unknown>;
  const parts: ComponentChildren[] = [];
  const add = (kind: 'users' | 'topics', title: string, named: unknown) => {
    if (typeof named === 'number' && named > 0) parts.push(`${number(named)} × ${title}`);
    if (!Array.isArray(named)) return;
    const names = named.filter(isText);
    for (const name of names.slice(0, most))
      parts.push(
        asLinks === true ? (
          <Link to={address(kind, name)} class="mono">
            <Plain text={name} />
          </Link>
        ) : (
          <span class="mono">
            {kind === 'topics' && <span class="quiet"># </span>}
            <Plain text={name} />
          </span>
        ),
      );
    if (names.length > most) parts.push(<span class="quiet">+{number(names.length - most)}</span>);
  };
  if (all === true) parts.push(messages.everybody);
  add('users', send.users, users);
  add('topics', send.topics, topics);
  if (typeof devices === 'number' && devices > 0) parts.push(`${number(devices)} × ${send.devices}`);
  if (Array.isArray(devices)) {
    const named = devices as readonly { user: string; device: string }[];
    for (const { user, device } of named.slice(0, most))
      parts.push(
        <span class="mono">
          <Plain text={`${user} / ${device}`} />
        </span>,
      );
    if (named.length > most) parts.push(<span class="quiet">+{number(named.length - most)}</span>);
  }
  return (
    <span class="audience">
      {parts.map((part, i) => (
        <span key={i}>{part}</span>
      ))}
    </span>
  );
}
