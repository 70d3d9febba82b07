import { api } from '../../api/calls';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { tenant } from '../../state/tenant';
import { useLoad } from '../../state/use-load';
import { Link } from '../../ui/parts/link';
import { Loading } from '../../ui/parts/list';
import { Empty, Section } from '../../ui/parts/page';
import { ProblemNote } from '../../ui/parts/problem-note';
import { MessageTable } from '../messages/message-table';
import { curlOf } from '../send/curl';

const EVERY_MS = 5_000;
const FEW = 6;

export function LatestMessages() {
  const { overview, messages } = words.value;
  const latest = useLoad((stop) => api.messages.list({ limit: FEW }, stop), [tenant.value], { everyMs: EVERY_MS });
  return (
    <Section title={overview.latest} actions={<Link to={address('messages')}>{overview.allMessages}</Link>}>
      {latest.value === undefined ? (
        latest.error ? (
          <ProblemNote error={latest.error} again={latest.reload} />
        ) : (
          <Loading />
        )
      ) : latest.value.messages.length === 0 ? (
        <Empty
          title={messages.empty}
          lead={messages.emptyLead}
          code={curlOf({ to: { users: ['ann'] }, type: 'hello', data: { text: 'Hello, Ann' } })}
        />
      ) : (
        <MessageTable items={latest.value.messages} />
      )}
    </Section>
  );
}
