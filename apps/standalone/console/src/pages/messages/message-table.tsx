import type { MessageLine, MessageState } from '../../api/types';
import { number } from '../../i18n/numbers';
import { wordFor, words } from '../../i18n/words';
import { address } from '../../state/route';
import { Link } from '../../ui/parts/link';
import { Table, type Column } from '../../ui/parts/list';
import { Plain } from '../../ui/parts/plain';
import { Chip, Id, When, type Tone } from '../../ui/parts/show';
import { AudienceLine } from './audience-line';
import './message-table.css';

const TONES: Record<MessageState, Tone> = {
  scheduled: 'wait',
  stored: 'plain',
  delivered: 'good',
  expired: 'bad',
  recalled: 'bad',
};

export function StateChip({ state }: { state: MessageState }) {
  return <Chip tone={TONES[state] ?? 'plain'}>{wordFor(words.value.messages.states, state)}</Chip>;
}

export function messageColumns(): readonly Column<MessageLine>[] {
  const { columns, recipients } = words.value.messages;
  return [
    {
      head: columns.type,
      as: 'lead',
      cell: ({ id, type, thread }) => (
        <>
          <Link to={address('messages', id)} class="mark" testId={`message-${id}`}>
            <Plain text={type} />
          </Link>
          {thread !== undefined && (
            <small class="quiet thread">
              <Plain text={thread} />
            </small>
          )}
        </>
      ),
    },
    { head: columns.state, as: 'side', cell: ({ state }) => <StateChip state={state} /> },
    {
      head: columns.to,
      cell: ({ to, recipients: count }) => (
        <span title={recipients(count)}>
          <AudienceLine to={to} />
          {count > 1 && <small class="quiet"> · {number(count)}</small>}
        </span>
      ),
    },
    { head: columns.accepted, cell: ({ acceptedAt }) => <When at={acceptedAt} /> },
    { head: columns.id, cell: ({ id }) => <Id id={id} to={address('messages', id)} /> },
  ];
}

export function MessageTable({ items }: { items: readonly MessageLine[] }) {
  return (
    <Table
      label={words.value.messages.title}
      columns={messageColumns()}
      items={items}
      keyOf={({ id }) => id}
      testId="messages"
    />
  );
}
