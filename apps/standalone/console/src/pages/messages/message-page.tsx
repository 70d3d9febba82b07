import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Message } from '../../api/types';
import { dateTime, number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { mayPublish } from '../../state/session';
import { say } from '../../state/toast';
import { useLoad } from '../../state/use-load';
import { Confirm } from '../../ui/parts/dialog';
import { Loading } from '../../ui/parts/list';
import { Page, Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Facts, Id, Json, When } from '../../ui/parts/show';
import { AudienceLine } from './audience-line';
import { CountsStrip } from './counts-strip';
import { StateChip } from './message-table';
import { Story } from './story';

export function MessagePage({ id }: { id: string }) {
  const { messages, act } = words.value;
  const [isRecalling, setRecalling] = useState(false);
  const message = useLoad((stop) => api.messages.read(id, stop), [id]);
  const found = message.value;
  const canRecall = mayPublish.value && found !== undefined && found.state !== 'recalled' && found.state !== 'expired';
  const verb = found?.state === 'scheduled' ? messages.cancelIt : messages.recall;
  return (
    <Page
      title={found === undefined ? <span class="mono">{id}</span> : <Plain text={found.type} />}
      name={found?.type ?? id}
      crumb={{ to: address('messages'), text: messages.title }}
      lead={<Id id={id} />}
      actions={
        <>
          <button type="button" class="button" onClick={message.reload}>
            {act.reload}
          </button>
          {canRecall && (
            <button type="button" class="button button-bad" data-testid="recall" onClick={() => setRecalling(true)}>
              {verb}
            </button>
          )}
        </>
      }
    >
      {found === undefined ? (
        message.error ? (
          <div class="section">
            <ProblemNote error={message.error} again={message.reload} />
          </div>
        ) : (
          <Loading />
        )
      ) : (
        <Found message={found} />
      )}
      {isRecalling && (
        <Confirm
          title={messages.recallTitle}
          lead={messages.recallLead}
          submit={verb}
          isBad
          onClose={() => setRecalling(false)}
          onSubmit={async () => {
            await api.messages.recall(id);
            say(messages.recalled, 'good');
            message.reload();
          }}
        />
      )}
    </Page>
  );
}

function Found({ message }: { message: Message }) {
  const { messages } = words.value;
  const { to, counts, state, fanOut, notification, options, data } = message;
  return (
    <>
      <div class="section">
        <p class="message-state">
          <StateChip state={state} /> <span>{messages.stateSays[state]}</span>
        </p>
        {fanOut !== undefined && <p class="notice">{messages.fanOut(number(fanOut.done), number(fanOut.total))}</p>}
        <CountsStrip counts={counts} />
      </div>
      <Story message={message} />
      <Section title={messages.about}>
        <div class="message-about">
          <Facts
            rows={[
              [messages.to, <AudienceLine to={to} most={12} asLinks />],
              to.except !== undefined && [messages.except, <AudienceLine to={to.except} most={12} />],
              message.thread !== undefined && [
                messages.thread,
                <code>
                  <Plain text={message.thread} />
                </code>,
              ],
              [
                messages.acceptedAt,
                <>
                  {dateTime(message.acceptedAt)} · <When at={message.acceptedAt} />
                </>,
              ],
              message.dueAt !== undefined && [messages.dueAt, dateTime(message.dueAt)],
              [messages.expiresAt, dateTime(message.expiresAt)],
              message.recalledAt !== undefined && [messages.recalledAt, dateTime(message.recalledAt)],
            ]}
          />
          <div class="form">
            <div>
              <h3>{messages.data}</h3>
              {data === undefined ? <p class="quiet">{messages.noData}</p> : <Json value={data} testId="payload" />}
            </div>
            {notification !== undefined && (
              <div>
                <h3>{messages.notification}</h3>
                <Json value={notification} />
              </div>
            )}
            {Object.keys(options).length > 0 && (
              <div>
                <h3>{messages.options}</h3>
                <Json value={options} />
              </div>
            )}
          </div>
        </div>
      </Section>
    </>
  );
}
