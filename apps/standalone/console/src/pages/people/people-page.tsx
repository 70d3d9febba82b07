import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { PersonLine, Role } from '../../api/types';
import { words } from '../../i18n/words';
import { person } from '../../state/session';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { CopyButton } from '../../ui/parts/copy';
import { Confirm, Dialog, FormDialog } from '../../ui/parts/dialog';
import { CheckField, SelectField, TextField } from '../../ui/parts/field';
import { Loading, Table } from '../../ui/parts/list';
import { Page } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip, roleWord } from '../../ui/parts/show';

const ROLES: readonly Role[] = ['reader', 'publisher', 'admin'];
type Asks = { readonly is: 'none' | 'add' } | { readonly is: 'change' | 'remove'; readonly one: PersonLine };

export function PeoplePage() {
  const { people, act } = words.value;
  const [asks, setAsks] = useState<Asks>({ is: 'none' });
  const [first, setFirst] = useState<{ name: string; password: string }>();
  const list = useLoad((stop) => api.people.list(stop), []);
  const close = () => setAsks({ is: 'none' });
  const toggle = useAction(async ({ id, disabled }: PersonLine) => {
    await api.people.change(id, { disabled: disabled !== true });
    list.reload();
  });
  const isMe = ({ id }: PersonLine) => id === person.value?.id;
  return (
    <Page
      title={people.title}
      lead={people.lead}
      actions={
        <button
          type="button"
          class="button button-primary"
          data-testid="add-person"
          onClick={() => setAsks({ is: 'add' })}
        >
          {people.add}
        </button>
      }
    >
      <div class="section">
        <ProblemNote error={toggle.problem} />
        {list.value === undefined ? (
          list.error ? (
            <ProblemNote error={list.error} again={list.reload} />
          ) : (
            <Loading />
          )
        ) : (
          <Table
            label={people.title}
            items={list.value.people}
            keyOf={({ id }) => id}
            testId="people"
            columns={[
              {
                head: people.columns.name,
                as: 'lead',
                cell: (one) => (
                  <>
                    <b class="mark">
                      <Plain text={one.name} />
                    </b>{' '}
                    {isMe(one) && <small class="quiet">{people.you}</small>}
                  </>
                ),
              },
              {
                head: people.columns.state,
                as: 'side',
                cell: ({ disabled }) => (
                  <Chip tone={disabled === true ? 'bad' : 'good'}>
                    {disabled === true ? people.disabled : people.enabled}
                  </Chip>
                ),
              },
              { head: people.columns.role, cell: ({ role }) => roleWord(role) },
              {
                head: people.columns.tenant,
                cell: ({ tenant }) =>
                  tenant === '*' ? (
                    act.everyTenant
                  ) : (
                    <code>
                      <Plain text={tenant} />
                    </code>
                  ),
              },
              {
                head: people.columns.totp,
                cell: ({ totp }) => (totp === true ? act.yes : <span class="quiet">{act.no}</span>),
              },
              {
                head: people.change,
                as: 'actions',
                cell: (one) =>
                  !isMe(one) && (
                    <>
                      <button type="button" class="button button-small" onClick={() => setAsks({ is: 'change', one })}>
                        {people.change}
                      </button>
                      <button
                        type="button"
                        class="button button-small button-bare"
                        disabled={toggle.isBusy}
                        onClick={() => void toggle.run(one)}
                      >
                        {one.disabled === true ? people.enable : people.disable}
                      </button>
                      <button
                        type="button"
                        class="button button-small button-bare"
                        onClick={() => setAsks({ is: 'remove', one })}
                      >
                        {people.remove}
                      </button>
                    </>
                  ),
              },
            ]}
          />
        )}
      </div>
      {asks.is === 'add' && (
        <PersonDialog
          onClose={close}
          onDone={(name, password) => {
            list.reload();
            if (password === undefined) say(people.added(name), 'good');
            else setFirst({ name, password });
          }}
        />
      )}
      {asks.is === 'change' && <PersonDialog one={asks.one} onClose={close} onDone={list.reload} />}
      {asks.is === 'remove' && (
        <Confirm
          title={people.removeTitle(asks.one.name)}
          lead={people.removeLead}
          submit={people.remove}
          isBad
          onClose={close}
          onSubmit={async () => {
            await api.people.remove(asks.one.id);
            say(people.removed(asks.one.name));
            list.reload();
          }}
        />
      )}
      {first !== undefined && (
        <Dialog
          title={people.firstPassword(first.name)}
          lead={people.firstPasswordLead}
          mustAnswer
          onClose={() => setFirst(undefined)}
        >
          <p class="secret">{first.password}</p>
          <div class="buttons">
            <CopyButton text={first.password} />
            <button type="button" class="button button-primary" onClick={() => setFirst(undefined)}>
              {words.value.keys.done}
            </button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

interface PersonDialogProps {
  readonly one?: PersonLine;
  readonly onClose: () => void;
  readonly onDone: (name: string, password?: string) => void;
}

function PersonDialog({ one, onClose, onDone }: PersonDialogProps) {
  const { people, act } = words.value;
  const [name, setName] = useState(one?.name ?? '');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>(one?.role ?? 'reader');
  const [tenant, setTenant] = useState(one?.tenant ?? '*');
  const [isWithoutTotp, setWithoutTotp] = useState(false);
  return (
    <FormDialog
      title={one === undefined ? people.addTitle : people.changeTitle(one.name)}
      submit={one === undefined ? act.add : act.save}
      isReady={name.trim() !== '' && tenant.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        if (one !== undefined) {
          await api.people.change(one.id, {
            role,
            tenant: tenant.trim(),
            ...(password === '' ? {} : { password }),
            ...(isWithoutTotp ? { totp: false } : {}),
          });
          return onDone(one.name);
        }
        const added = await api.people.add({
          name: name.trim(),
          role,
          tenant: tenant.trim(),
          ...(password === '' ? {} : { password }),
        });
        onDone(added.name, added.password);
      }}
    >
      {one === undefined && (
        <>
          <TextField label={people.name} value={name} onValue={setName} isRequired hasFocus testId="person-name" />
          <TextField
            label={people.password}
            hint={people.passwordHint}
            type="password"
            autoComplete="new-password"
            value={password}
            onValue={setPassword}
            testId="person-password"
          />
        </>
      )}
      <SelectField
        label={people.role}
        hint={people.roleSays[role]}
        value={role}
        onValue={setRole}
        options={ROLES.map((each) => [each, roleWord(each)] as const)}
        testId="person-role"
      />
      <TextField
        label={people.tenant}
        hint={people.tenantHint}
        value={tenant}
        onValue={setTenant}
        isMono
        isRequired
        testId="person-tenant"
      />
      {one !== undefined && (
        <>
          <TextField
            label={people.newPassword}
            hint={people.newPasswordHint}
            type="password"
            autoComplete="new-password"
            value={password}
            onValue={setPassword}
          />
          {one.totp === true && (
            <CheckField label={people.withoutTotp} isOn={isWithoutTotp} onSwitch={setWithoutTotp} />
          )}
        </>
      )}
    </FormDialog>
  );
}
