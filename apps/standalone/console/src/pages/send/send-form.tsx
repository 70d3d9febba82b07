import { words } from '../../i18n/words';
import { AreaField, CheckField, SelectField, TextField } from '../../ui/parts/field';
import { draft, type Draft, type DraftProblem } from './draft';

interface SendFormProps {
  readonly problems: readonly DraftProblem[];
  /** Somebody has tried to send: what is missing is said now, and not before. */
  readonly isJudged: boolean;
  /** The field the server found fault with. */
  readonly refused: string | undefined;
}

export function SendForm({ problems, isJudged, refused }: SendFormProps) {
  const { send, act } = words.value;
  const of = draft.value;
  const set =
    <K extends keyof Draft>(name: K) =>
    (value: Draft[K]) => {
      draft.value = { ...draft.value, [name]: value };
    };
  const find = <F extends DraftProblem['field']>(field: F) =>
    problems.find((one): one is Extract<DraftProblem, { field: F }> => one.field === field);
  const bad = find('data');
  const badDevice = find('devices');
  const isRefused = (name: string) => refused?.startsWith(name) === true;

  function tidy(): void {
    try {
      set('data')(JSON.stringify(JSON.parse(of.data), null, 2));
    } catch {
      // Half-written JSON stays as it is; the field says what is wrong with it.
    }
  }

  return (
    <>
      <fieldset>
        <legend>{send.to}</legend>
        <TextField
          label={send.users}
          hint={send.usersHint}
          value={of.users}
          onValue={set('users')}
          isMono
          isSearch
          testId="send-users"
          error={isJudged && find('to') ? send.noAudience : isRefused('to.users') ? act.required : undefined}
        />
        <div class="form-row">
          <TextField
            label={send.topics}
            hint={send.usersHint}
            value={of.topics}
            onValue={set('topics')}
            isMono
            testId="send-topics"
          />
          <AreaField
            label={send.devices}
            hint={send.devicesHint}
            rows={1}
            value={of.devices}
            onValue={set('devices')}
            error={badDevice && send.deviceLine(badDevice.line)}
          />
        </div>
        <CheckField label={send.all} isOn={of.all} onSwitch={set('all')} />
      </fieldset>
      <fieldset>
        <legend>{send.what}</legend>
        <div class="form-row">
          <TextField
            label={send.type}
            value={of.type}
            onValue={set('type')}
            isMono
            testId="send-type"
            error={isJudged && of.type.trim() === '' ? act.required : undefined}
          />
          <TextField label={send.thread} isOptional value={of.thread} onValue={set('thread')} isMono />
        </div>
        <AreaField
          label={send.data}
          hint={send.dataHint}
          rows={6}
          value={of.data}
          onValue={set('data')}
          testId="send-data"
          error={bad && send.notJson(bad.why)}
        />
        <div>
          <button type="button" class="button button-small" disabled={bad !== undefined} onClick={tidy}>
            {send.format}
          </button>
        </div>
      </fieldset>
      <fieldset>
        <legend>{send.notification}</legend>
        <CheckField
          label={send.withNotification}
          isOn={of.withNotification}
          onSwitch={set('withNotification')}
          testId="send-notification"
        />
        {of.withNotification && (
          <>
            <p class="quiet">{send.notificationHint}</p>
            <div class="form-row">
              <TextField label={send.heading} value={of.title} onValue={set('title')} testId="send-title" />
              <TextField label={send.category} isOptional value={of.category} onValue={set('category')} isMono />
            </div>
            <TextField label={send.body} value={of.body} onValue={set('body')} testId="send-body" />
          </>
        )}
      </fieldset>
      <details>
        <summary>{send.options}</summary>
        <div class="form">
          <div class="form-row">
            <TextField
              label={send.ttl}
              type="number"
              min={1}
              value={of.ttl}
              onValue={set('ttl')}
              placeholder="604800"
            />
            <TextField label={send.sendAt} type="datetime-local" value={of.sendAt} onValue={set('sendAt')} />
            <SelectField
              label={send.priority}
              value={of.priority}
              onValue={set('priority')}
              options={[
                ['', send.default],
                ['high', send.high],
                ['normal', send.normal],
              ]}
            />
          </div>
          <div class="form-row">
            <SelectField
              label={send.mode}
              value={of.mode}
              onValue={set('mode')}
              options={[
                ['', send.default],
                ['fallback', send.modes.fallback],
                ['always', send.modes.always],
                ['never', send.modes.never],
              ]}
            />
            <TextField
              label={send.waitMs}
              type="number"
              min={0}
              value={of.waitMs}
              onValue={set('waitMs')}
              placeholder="3000"
            />
            <TextField label={send.collapseKey} value={of.collapseKey} onValue={set('collapseKey')} isMono />
          </div>
          <TextField
            label={send.idempotencyKey}
            isOptional
            value={of.idempotencyKey}
            onValue={set('idempotencyKey')}
            isMono
          />
          <CheckField label={send.volatile} isOn={of.volatile} onSwitch={set('volatile')} />
        </div>
      </details>
    </>
  );
}
