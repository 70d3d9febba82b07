import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Published } from '../../api/types';
import { words } from '../../i18n/words';
import { place } from '../../state/route';
import { tenant } from '../../state/tenant';
import { useAction } from '../../state/use-action';
import { Page } from '../../ui/parts/page';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Code } from '../../ui/parts/show';
import { curlOf } from './curl';
import { draft, judge } from './draft';
import { Follow } from './follow';
import { SendForm } from './send-form';
import './send-page.css';

interface Sent extends Published {
  readonly isSignal: boolean;
  readonly users: readonly string[];
}

export function SendPage() {
  const { send } = words.value;
  const [isJudged, setJudged] = useState(false);
  const [sent, setSent] = useState<Sent>();
  const { body, problems } = judge(draft.value);
  const { idempotencyKey, volatile } = draft.value;

  useEffect(() => {
    const topic = place.value.query.get('topic');
    const user = place.value.query.get('user');
    if (topic !== null) draft.value = { ...draft.value, topics: topic };
    if (user !== null) draft.value = { ...draft.value, users: user };
  }, []);

  const publish = useAction(async () => {
    const answer = await api.messages.publish(body, idempotencyKey.trim());
    const to = body.to as { users?: readonly string[]; devices?: readonly { user: string }[] };
    setSent({
      ...answer,
      isSignal: volatile,
      users: [...(to.users ?? []), ...(to.devices ?? []).map(({ user }) => user)],
    });
    setJudged(false);
  });

  return (
    <Page title={send.title} lead={send.lead}>
      <div class="send">
        <form
          class="send-form"
          noValidate
          data-testid="send-form"
          onSubmit={(event) => {
            event.preventDefault();
            setJudged(true);
            if (problems.length === 0) void publish.run();
          }}
        >
          <SendForm problems={problems} isJudged={isJudged} refused={publish.problem?.field} />
          <ProblemNote error={publish.problem} />
          <div class="buttons">
            <button type="submit" class="button button-primary" data-testid="send" disabled={publish.isBusy}>
              {send.submit}
            </button>
            <span class="quiet">
              {words.value.shell.tenant} <code>{tenant.value}</code>
            </span>
          </div>
        </form>
        <aside class="send-aside">
          {sent !== undefined && (
            <Follow
              key={`${sent.id}-${sent.acceptedAt}`}
              published={sent}
              isSignal={sent.isSignal}
              users={sent.users}
            />
          )}
          <section>
            <h2>{send.curl}</h2>
            <Code text={curlOf(body, { idempotencyKey: idempotencyKey.trim() })} testId="curl" />
            <p class="quiet">{send.curlHint}</p>
          </section>
        </aside>
      </div>
    </Page>
  );
}
