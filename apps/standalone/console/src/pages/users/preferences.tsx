import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { Problem } from '../../api/problem';
import { words } from '../../i18n/words';
import { mayPublish } from '../../state/session';
import { say } from '../../state/toast';
import { useLoad } from '../../state/use-load';
import { FormDialog } from '../../ui/parts/dialog';
import { AreaField } from '../../ui/parts/field';
import { Loading } from '../../ui/parts/list';
import { Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Facts } from '../../ui/parts/show';

/** A mute is a name, or a name with its end. */
const named = (mutes: readonly unknown[] | undefined): string =>
  (mutes ?? [])
    .map((mute) => {
      const values: readonly unknown[] = typeof mute === 'object' && mute !== null ? Object.values(mute) : [mute];
      const first = values[0];
      return typeof first === 'string' ? first : JSON.stringify(first);
    })
    .join(', ');

export function Preferences({ user }: { user: string }) {
  const { users, act } = words.value;
  const [text, setText] = useState<string>();
  const preferences = useLoad((stop) => api.users.preferences(user, stop), [user]);
  const found = preferences.value;
  const quiet = found?.quietHours as { from?: string; to?: string; timeZone?: string } | undefined;
  const why = text === undefined ? undefined : wrongWith(text);
  return (
    <Section
      title={users.preferencesTitle}
      lead={users.preferencesLead}
      actions={
        mayPublish.value &&
        found !== undefined && (
          <button type="button" class="button" onClick={() => setText(JSON.stringify(found, null, 2))}>
            {users.edit}
          </button>
        )
      }
    >
      {found === undefined ? (
        preferences.error ? (
          <ProblemNote error={preferences.error} again={preferences.reload} />
        ) : (
          <Loading />
        )
      ) : (
        <Facts
          rows={[
            [users.mutedThreads, <Plain text={named(found.mutedThreads) || users.noMutes} />],
            [users.mutedCategories, <Plain text={named(found.mutedCategories) || users.noMutes} />],
            [
              users.quietHours,
              quiet === undefined ? (
                users.noQuiet
              ) : (
                <Plain text={`${quiet.from}–${quiet.to} ${quiet.timeZone ?? ''}`} />
              ),
            ],
          ]}
        />
      )}
      {text !== undefined && (
        <FormDialog
          title={users.preferencesTitle}
          lead={users.asJson}
          submit={act.save}
          isReady={why === undefined}
          onClose={() => setText(undefined)}
          onSubmit={async () => {
            await api.users.putPreferences(user, JSON.parse(text));
            say(act.saved, 'good');
            preferences.reload();
          }}
        >
          <AreaField label={users.preferencesTitle} rows={10} value={text} onValue={setText} error={why} />
        </FormDialog>
      )}
    </Section>
  );
}

function wrongWith(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return words.value.send.notJson(Problem.from(error).message);
  }
}
