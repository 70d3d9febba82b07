import type { Tenant, Usage } from '../../api/types';
import { bytes, number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { Section } from '../../ui/parts/page';
import { Meter } from '../../ui/parts/show';
import './tenant-page.css';

/** What is in use, beside what the tenant may. */
export function UsageMeters({ tenant: { usage, limits = {} } }: { tenant: Tenant & { usage?: Usage } }) {
  const { tenants } = words.value;
  if (usage === undefined) return null;
  const { connections, storedBytes, storedMessages, publishes } = usage;
  const says = (used: number, limit: number | undefined, shown: (n: number) => string) =>
    limit === undefined ? tenants.noLimit(shown(used)) : tenants.ofLimit(shown(used), shown(limit));
  const share = (used: number, limit: number | undefined) =>
    limit === undefined || limit <= 0 ? undefined : used / limit;
  return (
    <Section title={tenants.usage} testId="usage">
      <div class="meters">
        {connections !== undefined && (
          <Meter
            label={tenants.limit.connections}
            says={says(connections, limits.connections, number)}
            share={share(connections, limits.connections)}
          />
        )}
        {storedBytes !== undefined && (
          <Meter
            label={tenants.limit.storedBytes}
            says={says(storedBytes, limits.storedBytes, bytes)}
            share={share(storedBytes, limits.storedBytes)}
          />
        )}
        {storedMessages !== undefined && (
          <Meter label={tenants.storedMessages} says={number(storedMessages)} share={undefined} />
        )}
        {publishes && (
          <Meter
            label={tenants.publishesLeft}
            says={tenants.ofLimit(number(publishes.remaining), number(publishes.limit))}
            share={share(publishes.limit - publishes.remaining, publishes.limit)}
          />
        )}
      </div>
    </Section>
  );
}
