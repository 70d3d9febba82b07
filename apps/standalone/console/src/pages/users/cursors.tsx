import { api } from '../../api/calls';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { useLoad } from '../../state/use-load';
import { Loading, Table } from '../../ui/parts/list';
import { Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';

const EVERY_MS = 5_000;

/** How far each device has come: a stream, and the cursor on it. */
export function Cursors({ user }: { user: string }) {
  const { users, story } = words.value;
  const cursors = useLoad((stop) => api.users.cursors(user, stop), [user], { everyMs: EVERY_MS });
  return (
    <Section title={users.cursorsTitle} lead={users.cursorsLead} testId="cursors">
      {cursors.value === undefined ? (
        cursors.error ? (
          <ProblemNote error={cursors.error} again={cursors.reload} />
        ) : (
          <Loading />
        )
      ) : cursors.value.cursors.length === 0 ? (
        <p class="quiet">{users.noCursors}</p>
      ) : (
        <Table
          label={users.cursorsTitle}
          items={cursors.value.cursors}
          keyOf={({ device, s }) => `${device} ${s}`}
          columns={[
            {
              head: story.device,
              as: 'lead',
              cell: ({ device }) => (
                <span class="mono">
                  <Plain text={device} />
                </span>
              ),
            },
            {
              head: users.stream,
              cell: ({ s }) => (
                <code>
                  <Plain text={s} />
                </code>
              ),
            },
            {
              head: users.position,
              as: 'number',
              cell: ({ seq, head }) => (
                <>
                  {number(seq)} <span class="quiet">/ {number(head)}</span>
                </>
              ),
            },
            {
              head: users.lag,
              cell: ({ lag, seq, head }) => (
                <span class="lag">
                  <span class="lag-line" aria-hidden="true">
                    <i style={{ left: `${head === 0 ? 100 : Math.min(100, (seq / head) * 100)}%` }} />
                  </span>
                  {lag <= 0 ? <span class="quiet">{users.upToDate}</span> : users.behind(lag)}
                </span>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
