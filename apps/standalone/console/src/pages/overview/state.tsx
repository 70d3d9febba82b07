import { api } from '../../api/calls';
import { Problem } from '../../api/problem';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { address } from '../../state/route';
import { isAdmin } from '../../state/session';
import { tenant } from '../../state/tenant';
import { useLoad } from '../../state/use-load';
import { Link } from '../../ui/parts/link';
import { Chip, type Tone } from '../../ui/parts/show';

const EVERY_MS = 5_000;
const MOST = 100;
const TONES = { ready: 'good', degraded: 'wait', down: 'bad' } as const;
const BREAKERS = { closed: 'good', probing: 'wait', open: 'bad' } as const satisfies Record<string, Tone>;

/** The strip at the top: is it well, can it tell anybody, and does somebody have to do something. */
export function State() {
  const { overview } = words.value;
  const ready = useLoad((stop) => api.health.ready(stop), [], { everyMs: EVERY_MS });
  const dead = useLoad((stop) => api.dead.list(undefined, stop, MOST), [], { everyMs: EVERY_MS });
  const providers = useLoad(
    async (stop) => (isAdmin.value ? (await api.providers.list(tenant.value, stop)).providers : undefined),
    [],
    {
      everyMs: EVERY_MS,
    },
  );
  const health = ready.error ? 'down' : (ready.value?.status ?? 'asking');
  const sore = ready.value?.degraded ?? [];
  const isSore = (part: string) => sore.some((text) => text.toLowerCase().includes(part));
  const isStoreDown = health === 'down' && /store|database/i.test(ready.value?.detail ?? '');
  const waiting = dead.value?.notifications.length ?? 0;
  return (
    <div class="state" data-testid="state">
      <div>
        <h2>{overview.health}</h2>
        <p>
          <Chip tone={health === 'asking' ? 'plain' : TONES[health]}>{overview.healthStates[health]}</Chip>
          {health !== 'asking' && (
            <>
              <Chip tone={isStoreDown ? 'bad' : isSore('store') || isSore('database') ? 'wait' : 'none'}>
                {overview.parts.store}
              </Chip>
              <Chip tone={isSore('broker') || isSore('bus') ? 'wait' : 'none'}>{overview.parts.bus}</Chip>
            </>
          )}
        </p>
        {sore.length > 0 && <p class="quiet">{sore.join('; ')}</p>}
        {ready.value?.detail !== undefined && <p class="quiet">{ready.value.detail}</p>}
      </div>
      <div>
        <h2>{overview.providers}</h2>
        {providers.value !== undefined && providers.value.length > 0 ? (
          <p>
            {providers.value.map(({ provider, breaker, reason }) => (
              <Chip key={provider} tone={BREAKERS[breaker]} title={reason ?? words.value.providers.breakers[breaker]}>
                {provider}
              </Chip>
            ))}
          </p>
        ) : providers.error instanceof Problem && providers.error.code !== 'NOT_FOUND' ? (
          <p class="quiet">{providers.error.message}</p>
        ) : (
          isAdmin.value && (
            <p class="quiet">
              {overview.noProviders} <Link to={address('providers')}>{overview.setUp}</Link>
            </p>
          )
        )}
      </div>
      <div>
        <h2>{overview.dead}</h2>
        <p>
          {waiting === 0 ? (
            <span class="quiet">{overview.deadNone}</span>
          ) : (
            <Link to={address('dead')} testId="dead-count">
              {overview.deadSome(number(waiting) + (dead.value?.next === undefined ? '' : '+'))}
            </Link>
          )}
        </p>
      </div>
    </div>
  );
}
