import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { PUSH_METRICS } from './metric-table.js';

const DEPLOY = resolve(__dirname, '../../../../deploy');
const read = (file: string): string => readFileSync(resolve(DEPLOY, file), 'utf8');
const boards = readdirSync(resolve(DEPLOY, 'grafana')).filter((file) => file.endsWith('.json'));

interface Panel {
  title: string;
  type: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}
interface Board {
  uid: string;
  title: string;
  panels: Panel[];
}
const boardIn = (file: string): Board => JSON.parse(read(`grafana/${file}`)) as Board;
const queriesOf = ({ panels }: Board): string[] =>
  panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

interface AlertRule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
const rules = (parse(read('prometheus/alerts.yml')) as { groups: { rules: AlertRule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

/** Names of a process, as prom-client has them, and Prometheus' own. */
const OTHERS = /^(up|process_(cpu_seconds_total|resident_memory_bytes)|nodejs_eventloop_lag_p99_seconds)$/;
const known = new Map<string, readonly string[]>(
  PUSH_METRICS.flatMap(({ name, type, labels = [] }) =>
    type === 'histogram'
      ? ['_bucket', '_count', '_sum'].map((end): [string, readonly string[]] => [name + end, [...labels, 'le']])
      : [[name, labels]],
  ),
);
const metricsIn = (query: string): string[] =>
  [...query.matchAll(/\b(?:push|process|nodejs)_\w+|\bup\b(?=\{)/g)].map(([name]) => name);
/** Labels that a query asks a metric for. */
const labelsIn = (query: string): [metric: string, label: string][] =>
  [...query.matchAll(/(push_\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*[!=]~?\s*"/g)].map(([, label = '']): [string, string] => [metric, label]),
  );
const OF_PROMETHEUS = ['job', 'instance'];

const queries = [...boards.flatMap((file) => queriesOf(boardIn(file))), ...rules.map(({ expr }) => expr)];

describe('what is deployed', () => {
  it('asks for metrics that there are, by labels they have', () => {
    expect(queries.length).toBeGreaterThan(50);
    for (const query of queries) {
      const names = metricsIn(query);
      expect([query, names.length > 0]).toEqual([query, true]);
      expect(names.filter((name) => !known.has(name) && !OTHERS.test(name))).toEqual([]);
      const wrong = labelsIn(query).filter(
        ([metric, label]) => !OF_PROMETHEUS.includes(label) && !known.get(metric)?.includes(label),
      );
      expect([query, wrong]).toEqual([query, []]);
    }
  });

  it('shows every metric there is', () => {
    const shown = new Set(boards.flatMap((file) => queriesOf(boardIn(file)).flatMap(metricsIn)));
    const missing = PUSH_METRICS.filter(
      ({ name, type }) => !shown.has(name) && !(type === 'histogram' && shown.has(`${name}_bucket`)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(boards)('has a dashboard %s that Grafana can place', (file) => {
    const { panels, uid, title } = boardIn(file);
    expect([uid, title]).toEqual([
      expect.stringMatching(/^nest-push-\w+$/),
      expect.stringMatching(/^nest-push \/ \w+$/),
    ]);
    const charts = panels.filter(({ type }) => type !== 'row');
    for (const { description, gridPos } of charts) {
      expect(description).toBeTruthy();
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    const overlapping = panels.flatMap((a, i) =>
      panels.slice(i + 1).flatMap((b) => (overlap(a.gridPos, b.gridPos) ? [`${a.title} and ${b.title}`] : [])),
    );
    expect(overlapping).toEqual([]);
  });

  it('has alerts that say how bad it is and what to do, each in docs/alarms.md', () => {
    const page = readFileSync(resolve(DEPLOY, '../docs/alarms.md'), 'utf8');
    for (const { alert, labels, annotations } of rules) {
      expect(labels.severity).toMatch(/^(warning|critical)$/);
      expect([annotations.summary, annotations.action]).toEqual([expect.any(String), expect.any(String)]);
      expect(page).toContain(`\`${alert}\``);
    }
    const tests = read('prometheus/alerts.test.yml');
    for (const { alert } of rules)
      expect([alert, tests.match(new RegExp(`alertname: ${alert}\\b[^}]*exp_alerts`))]).not.toEqual([alert, null]);
  });
});

function overlap(a: Panel['gridPos'], b: Panel['gridPos']): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
