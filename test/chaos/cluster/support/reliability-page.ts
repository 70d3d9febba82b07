import type { Figure, Figures, Lane, Results } from './reliability.js';
import { SCENARIOS } from './scenarios.js';

/** docs/reliability.md: from the results, and from nothing else. */
export function pageOf(results: Results): string {
  const known = SCENARIOS.filter(({ name }) => results[name] !== undefined);
  const without = SCENARIOS.filter(({ name }) => results[name] === undefined);
  return [
    '# Reliability',
    '',
    'What was done to running servers under load, and what came of it. Written by the tests under `test/chaos/cluster/`',
    'from [their results](benchmarks/reliability.json); `PUSH_WRITE_RESULTS=1 npm run test:chaos` writes both anew.',
    '',
    'Every scenario has private databases and brokers, publishers that repeat a publish with its idempotency key until it is',
    'accepted, and clients over WebSocket, Socket.IO, server-sent events, long poll and MQTT on nodes taken at random. After the',
    'fault everything accepted must have been shown on every device it was for: **lost**, **shown twice** and **out of order** must be 0.',
    'A run in which the fault was not seen to take effect, or too little was accepted, fails. Most also run with a',
    'planted mistake (a client that forgets or signs too early, a server that confirms too early, a broker away and no sweep) that',
    'the same checker has to find.',
    '',
    'Not made here: the loss of power and torn writes. That the databases are asked for durable commits is checked instead.',
    '',
    ...table(
      ['scenario', 'load', 'accepted', 'shown', 'lost', 'shown twice', 'out of order', 'delivery p99'],
      known.flatMap(({ name, id }) =>
        lanes(results[name]).map(([lane, one]) => [
          `${id} [${name}](#${anchor(`${id} ${name}`)})`,
          lane,
          ...['accepted', 'callbacks', 'lost', 'duplicates', 'inversions'].map((key) => show(one[key])),
          one.deliveryP99Ms === undefined ? '–' : `${show(one.deliveryP99Ms)} ms`,
        ]),
      ),
    ),
    ...(without.length === 0
      ? []
      : ['', `Without a result that held yet: ${without.map(({ id, name }) => `${id} ${name}`).join('; ')}.`]),
    ...known.flatMap(({ name, id, fault, holds }) => [
      '',
      `## ${id} ${name}`,
      '',
      `${fault} ${holds}`,
      '',
      ...figureTable(results[name] ?? {}),
    ]),
    '',
  ].join('\n');
}

const lanes = (of: Partial<Readonly<Record<Lane, Figures>>> = {}): [Lane, Figures][] =>
  (['quick', 'long'] as const).flatMap((lane) => {
    const one = of[lane];
    return one ? [[lane, one] as [Lane, Figures]] : [];
  });

function figureTable(of: Partial<Readonly<Record<Lane, Figures>>>): string[] {
  const all = lanes(of);
  const names = [...new Set(all.flatMap(([, one]) => Object.keys(one)))];
  return table(
    ['', ...all.map(([lane]) => lane)],
    names.map((name) => [words(name), ...all.map(([, one]) => show(one[name]))]),
  );
}

/** As the formatter of this repository would write it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, n) => Math.max(3, cell.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}

function show(figure: Figure | undefined): string {
  if (figure === undefined) return '–';
  if (typeof figure === 'number') return figure.toLocaleString('en-US');
  if (typeof figure === 'string') return figure;
  if (Array.isArray(figure)) return figure.join(', ');
  const parts = Object.entries(figure).filter(([, value]) => value !== 0);
  return parts.length === 0 ? 'none' : parts.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

/** `deliveryP99Ms` → `delivery p99, ms` */
const words = (name: string): string =>
  name
    .replace(/Ms$/, ', ms')
    .replace(/Mb$/, ', MB')
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase();

const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
