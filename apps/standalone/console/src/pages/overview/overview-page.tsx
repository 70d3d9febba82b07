import { useMemo } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Range } from '../../api/types';
import { compact, duration, number } from '../../i18n/numbers';
import { words, wordFor } from '../../i18n/words';
import { address, place, putQuery } from '../../state/route';
import { isServerAdmin, mayPublish } from '../../state/session';
import { useLoad } from '../../state/use-load';
import { Choice } from '../../ui/parts/field';
import { Link } from '../../ui/parts/link';
import { Loading } from '../../ui/parts/list';
import { Empty, Page } from '../../ui/parts/page';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chart } from './chart';
import { filled, reasonsOf } from './filled';
import { LatestMessages } from './latest-messages';
import { State } from './state';
import './overview-page.css';

const EVERY_MS = 5_000;

export function OverviewPage() {
  const { overview } = words.value;
  const range: Range = place.value.query.get('range') === 'month' ? 'month' : 'hour';
  return (
    <Page
      title={overview.title}
      lead={isServerAdmin.value ? undefined : overview.notForYou}
      actions={
        isServerAdmin.value && (
          <Choice
            label={overview.range}
            value={range}
            options={[
              ['hour', overview.hour],
              ['month', overview.month],
            ]}
            onValue={(value) => putQuery({ range: value === 'hour' ? undefined : value })}
          />
        )
      }
    >
      <State />
      {isServerAdmin.value && <Charts range={range} />}
      <LatestMessages />
    </Page>
  );
}

function Charts({ range }: { range: Range }) {
  const { overview, reasons } = words.value;
  const stats = useLoad((stop) => api.health.stats(range, stop), [range], { everyMs: EVERY_MS });
  const drawn = useMemo(() => {
    if (stats.value === undefined) return undefined;
    const points = filled(stats.value, range, Date.now());
    const perSecond = 1000 / stats.value.stepMs;
    const rate = (of: 'accepted' | 'delivered' | 'notified') => points.map((point) => point[of] * perSecond);
    const ms = (of: 'p50Ms' | 'p95Ms' | 'p99Ms') => points.map((point) => point[of] ?? null);
    return {
      points,
      times: points.map(({ at }) => at),
      connections: [{ label: overview.open, color: '--accent', values: points.map((point) => point.connections) }],
      rates: [
        { label: overview.accepted, color: '--ink-3', values: rate('accepted') },
        { label: overview.delivered, color: '--good', values: rate('delivered') },
        { label: overview.notified, color: '--told', values: rate('notified') },
      ],
      latency: [
        { label: 'p50', color: '--good', values: ms('p50Ms') },
        { label: 'p95', color: '--accent', values: ms('p95Ms') },
        { label: 'p99', color: '--cursor', values: ms('p99Ms') },
      ],
      failures: reasonsOf(points),
    };
  }, [stats.value, words.value]);

  if (drawn === undefined) return stats.error ? <ProblemNote error={stats.error} again={stats.reload} /> : <Loading />;
  if (stats.value?.points.length === 0)
    return (
      <Empty title={overview.noneYet} lead={overview.noneYetLead}>
        {mayPublish.value && (
          <Link to={address('send')} class="button button-primary" testId="to-send">
            {words.value.shell.pages.send}
          </Link>
        )}
      </Empty>
    );
  const most = drawn.failures[0]?.[1] ?? 1;
  return (
    <>
      <ProblemNote error={stats.error} again={stats.reload} />
      <div class="charts">
        <Chart
          title={overview.rates}
          times={drawn.times}
          lines={drawn.rates}
          format={(n) => `${compact(n)}${overview.perSecond}`}
          testId="chart-rates"
        />
        <Chart
          title={overview.latency}
          times={drawn.times}
          lines={drawn.latency}
          format={duration}
          testId="chart-latency"
        />
        <Chart
          title={overview.connections}
          times={drawn.times}
          lines={drawn.connections}
          format={compact}
          testId="chart-connections"
        />
        <figure class="chart" data-testid="failures">
          <figcaption>
            <h2>{overview.failures}</h2>
          </figcaption>
          {drawn.failures.length === 0 ? (
            <p class="quiet">{overview.noFailures}</p>
          ) : (
            <ul class="failures">
              {drawn.failures.slice(0, 7).map(([reason, count]) => (
                <li key={reason} title={reason}>
                  <span class="failure-bar" style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
                  <span>{wordFor(reasons, reason)}</span>
                  <b class="figures">{number(count)}</b>
                </li>
              ))}
            </ul>
          )}
        </figure>
      </div>
    </>
  );
}
