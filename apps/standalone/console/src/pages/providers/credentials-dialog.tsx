import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import { Problem } from '../../api/problem';
import { words } from '../../i18n/words';
import { tenant } from '../../state/tenant';
import { say } from '../../state/toast';
import { FormDialog } from '../../ui/parts/dialog';
import { AreaField, SelectField, TextField } from '../../ui/parts/field';
import { CREDENTIALS, type CredentialField, type ProviderName } from './credential-fields';

interface CredentialsDialogProps {
  readonly name: ProviderName;
  readonly onClose: () => void;
  readonly onStored: () => void;
}

/** Written, never read: the form begins empty also where there are credentials. */
export function CredentialsDialog({ name, onClose, onStored }: CredentialsDialogProps) {
  const { providers } = words.value;
  const fields = CREDENTIALS[name];
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [more, setMore] = useState('');
  const missing = fields.some(
    (field) => field.isOptional !== true && field.kind !== 'choice' && !values[field.name]?.trim(),
  );
  const wrongMore = more.trim() === '' ? undefined : wrongWith(more);
  const wrongFile = fields.find(
    ({ kind, name: key }) => kind === 'file' && values[key]?.trim() && wrongWith(values[key] ?? '') !== undefined,
  );

  async function store(): Promise<void> {
    const body: Record<string, unknown> = {};
    for (const field of fields) {
      const value = (values[field.name] ?? (field.kind === 'choice' ? field.choices?.[0] : undefined))?.trim();
      if (!value) continue;
      if (field.kind !== 'file') body[field.name] = value;
      else if (field.name === '') Object.assign(body, JSON.parse(value));
      else body[field.name] = JSON.parse(value) as unknown;
    }
    if (more.trim() !== '') Object.assign(body, JSON.parse(more));
    await api.providers.put(tenant.value, name, body);
    say(providers.stored(name), 'good');
    onStored();
  }

  return (
    <FormDialog
      title={providers.formTitle(name)}
      lead={providers.formLead}
      submit={words.value.act.save}
      isReady={!missing && wrongMore === undefined && wrongFile === undefined}
      onClose={onClose}
      onSubmit={store}
    >
      {fields.map((field) => (
        <Control
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onValue={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <AreaField
        label={providers.advanced}
        hint={providers.advancedHint}
        isOptional
        rows={2}
        value={more}
        onValue={setMore}
        error={wrongMore}
        testId="credentials-more"
      />
    </FormDialog>
  );
}

function Control({
  field,
  value,
  onValue,
}: {
  field: CredentialField;
  value: string;
  onValue: (value: string) => void;
}) {
  const { providers } = words.value;
  const { name, kind, isOptional, example, choices = [] } = field;
  const known = { label: name === '' ? 'JSON' : name, value, onValue, isOptional, testId: `credential-${name}` };
  switch (kind) {
    case 'choice':
      return (
        <SelectField
          {...known}
          value={value || (choices[0] ?? '')}
          options={choices.map((one) => [one, one] as const)}
        />
      );
    case 'file':
      return (
        <AreaField
          {...known}
          hint={providers.fileHint}
          rows={5}
          error={value.trim() === '' ? undefined : wrongWith(value)}
        />
      );
    case 'lines':
      return <AreaField {...known} rows={4} placeholder={example} />;
    case 'secret':
      return <TextField {...known} type="password" autoComplete="new-password" isMono />;
    case 'text':
      return <TextField {...known} placeholder={example} isMono />;
  }
}

function wrongWith(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : words.value.send.notJson('{…}');
  } catch (error) {
    return words.value.send.notJson(Problem.from(error).message);
  }
}
