import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { NewApiKey, Role } from '../../api/types';
import { words } from '../../i18n/words';
import { FormDialog } from '../../ui/parts/dialog';
import { SelectField, TextField } from '../../ui/parts/field';

const DAY_MS = 86_400_000;
const DAYS = { never: undefined, d30: 30, d90: 90, d365: 365 } as const;
type Expiry = keyof typeof DAYS;
const ROLES: readonly Role[] = ['publisher', 'reader', 'admin'];

export function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (key: NewApiKey) => void }) {
  const { keys, act } = words.value;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('publisher');
  const [expiry, setExpiry] = useState<Expiry>('never');
  const days = DAYS[expiry];
  return (
    <FormDialog
      title={keys.createTitle}
      submit={act.create}
      onClose={onClose}
      onSubmit={async () => {
        const made = await api.keys.create({
          role,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(days === undefined ? {} : { expiresAt: Date.now() + days * DAY_MS }),
        });
        onMade(made);
      }}
    >
      <TextField
        label={keys.name}
        hint={keys.nameHint}
        value={name}
        onValue={setName}
        hasFocus
        testId="key-name"
        maxLength={128}
      />
      <SelectField
        label={keys.role}
        hint={keys.roleSays[role]}
        value={role}
        onValue={setRole}
        options={ROLES.map((one) => [one, keys.roles[one]] as const)}
        testId="key-role"
      />
      <SelectField
        label={keys.expires}
        value={expiry}
        onValue={setExpiry}
        options={(['never', 'd30', 'd90', 'd365'] as const).map((one) => [one, keys.expiry[one]] as const)}
      />
    </FormDialog>
  );
}
