import type { Histogram } from 'push-core';
import type { MetricRow, MetricSource } from './metric-table.js';

interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a `Registry` of prom-client asks of a metric. */
export interface ScrapedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricRow['type'];
  /** Asked at every scrape. */
  get(): Promise<{ name: string; help: string; type: MetricRow['type']; aggregator: 'sum'; values: Sample[] }>;
  /** Without effect: the numbers are the engine's. */
  reset(): void;
}

/**
 * A metric that keeps no number of its own. prom-client's `Histogram` cannot be told counts somebody else has taken, so
 * none of its classes is used; its registry writes whatever answers `get`.
 */
export function scrapedMetric(row: MetricRow, source: MetricSource): ScrapedMetric {
  const { name, help, type } = row;
  const labelled = (values: readonly string[] = []): Record<string, string> =>
    Object.fromEntries(
      (row.labels ?? []).flatMap((label, at) => (values[at] === undefined ? [] : [[label, values[at]]])),
    );
  const samples = async (): Promise<Sample[]> =>
    row.type === 'histogram'
      ? row.read(source).flatMap(({ labels, value }) => histogramSamples(name, labelled(labels), value))
      : (await row.read(source)).map(({ labels, more, value }) => ({
          labels: { ...labelled(labels), ...more },
          value,
        }));
  return {
    name,
    help,
    type,
    get: async () => ({ name, help, type, aggregator: 'sum', values: await samples() }),
    reset: () => undefined,
  };
}

/** Prometheus counts cumulatively: a bucket holds everything up to its bound. */
function histogramSamples(name: string, labels: Record<string, string>, { bounds, counts, sum }: Histogram): Sample[] {
  let count = 0;
  const buckets = counts.map((some, at) => {
    count += some;
    const le = at < bounds.length ? String(bounds[at]) : '+Inf';
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
