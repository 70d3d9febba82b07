import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Tenant, TenantLimits } from '../../api/types';
import { words } from '../../i18n/words';
import { isServerAdmin } from '../../state/session';
import { say } from '../../state/toast';
import { useAction } from '../../state/use-action';
import { TextField } from '../../ui/parts/field';
import { Section } from '../../ui/parts/page';
import { ProblemNote } from '../../ui/parts/problem-note';

const HOUR_MS = 3_600_000;
const NAMES = [
  'publishesPerSecond',
  'connections',
  'recipientsPerMessage',
  'storedBytes',
  'retentionMs',
  'weight',
] as const;
type LimitName = (typeof NAMES)[number];

const shownOf = (limits: TenantLimits, name: LimitName): string => {
  const value = limits[name];
  return value === undefined ? '' : String(name === 'retentionMs' ? value / HOUR_MS : value);
};

/** Empty is no limit of its own: then the server's counts. */
export function Limits({ tenant: { id, limits = {} }, onChanged }: { tenant: Tenant; onChanged: () => void }) {
  const { tenants, act } = words.value;
  const [typed, setTyped] = useState(
    () => Object.fromEntries(NAMES.map((name) => [name, shownOf(limits, name)])) as Record<LimitName, string>,
  );
  const save = useAction(async () => {
    const body: Partial<Record<LimitName, number>> = {};
    for (const name of NAMES)
      if (typed[name].trim() !== '')
        body[name] = name === 'retentionMs' ? Math.round(Number(typed[name]) * HOUR_MS) : Number(typed[name]);
    await api.tenants.limits(id, body);
    say(act.saved, 'good');
    onChanged();
  });
  const refused = save.problem?.field ?? '';
  return (
    <Section title={tenants.limits} lead={tenants.limitsLead}>
      <form
        class="form"
        data-testid="limits"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <div class="form-row">
          {NAMES.map((name) => (
            <TextField
              key={name}
              label={tenants.limit[name]}
              type="number"
              min={0}
              placeholder={tenants.serverDefault}
              value={typed[name]}
              onValue={(value) => setTyped({ ...typed, [name]: value })}
              error={refused.endsWith(name) ? save.problem?.message : undefined}
              testId={`limit-${name}`}
            />
          ))}
        </div>
        <ProblemNote error={save.problem} />
        {isServerAdmin.value && (
          <div>
            <button type="submit" class="button button-primary" data-testid="save-limits" disabled={save.isBusy}>
              {act.save}
            </button>
          </div>
        )}
      </form>
    </Section>
  );
}
