import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, day } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { language, theme } from '../../state/preferences';
import './chart.css';

export interface Line {
  readonly label: string;
  /** A custom property of the tokens. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly dash?: number[];
}

interface ChartProps {
  readonly title: string;
  /** Unix milliseconds, each the beginning of a step. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (n: number) => string;
  readonly testId: string;
}

/** A figure between two gaps is no line: it is drawn as a point. */
const lonely: uPlot.Series.Points.Filter = (plot, series) => {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  values.forEach((value, i) => {
    if (value != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  });
  return found;
};

const HEIGHT = 168;
const HOUR_MS = 3_600_000;

/** The canvas takes no custom properties: what they stand for just now. */
function colorOf(host: Element, property: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Lines over time, with the figures under the pointer or the last ones. The same figures stand in a table below. */
export function Chart({ title, times, lines, format, testId }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [at, setAt] = useState<number | null>(null);
  const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > 48 * HOUR_MS;
  const labels = lines.map(({ label }) => label).join('|');

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const ink = colorOf(element, '--ink-3');
    const grid = { stroke: colorOf(element, '--line'), width: 1 };
    const font = '11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
    const axis = { stroke: ink, font, grid, ticks: { show: false } };
    const made = new uPlot(
      {
        width: Math.max(240, element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        padding: [8, 20, 0, 0],
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, sync: { key: 'overview' } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.12 : 1] } },
        axes: [
          {
            ...axis,
            size: 26,
            space: 70,
            values: (_, splits) => splits.map((s) => (isLong ? day(s * 1000) : clock(s * 1000))),
          },
          { ...axis, size: 58, space: 34, values: (_, splits) => splits.map((value) => format(value)) },
        ],
        series: [
          {},
          ...lines.map(({ label, color, dash }) => ({
            label,
            stroke: colorOf(element, color),
            width: 1.75,
            dash,
            points: { size: 5, filter: lonely },
          })),
        ],
        hooks: { setCursor: [(u: uPlot) => setAt(u.cursor.idx ?? null)] },
      },
      [times.map((time) => time / 1000), ...lines.map(({ values }) => [...values])],
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() =>
      made.setSize({ width: Math.max(240, element.clientWidth), height: HEIGHT }),
    );
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [theme.value, language.value, labels, isLong]);

  useEffect(() => {
    plot.current?.setData([times.map((time) => time / 1000), ...lines.map(({ values }) => [...values])]);
  }, [times, lines]);

  const shown = (values: readonly (number | null)[]): string => {
    const value = values[at ?? values.length - 1] ?? null;
    return value === null ? '–' : format(value);
  };
  const { overview } = words.value;
  const says = lines
    .map(({ label, values }) =>
      overview.chartSays(label, shown(values), format(Math.max(0, ...values.map((n) => n ?? 0)))),
    )
    .join('. ');
  return (
    <figure class="chart" data-testid={testId}>
      <figcaption>
        <h2>{title}</h2>
        <ul class="chart-legend">
          {lines.map(({ label, color, values }) => (
            <li key={label}>
              <i style={{ background: `var(${color})` }} aria-hidden="true" />
              {label}
              <b class="figures">{shown(values)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={host} role="img" aria-label={`${title}. ${says}`} />
      <Figures times={times} lines={lines} format={format} isLong={isLong} />
    </figure>
  );
}

const ROWS = 12;

function Figures({
  times,
  lines,
  format,
  isLong,
}: Pick<ChartProps, 'times' | 'lines' | 'format'> & { isLong: boolean }) {
  const { overview } = words.value;
  const from = Math.max(0, times.length - ROWS);
  return (
    <details class="chart-figures">
      <summary>{overview.numbers}</summary>
      <table class="table-plain">
        <thead>
          <tr>
            <th scope="col">{overview.time}</th>
            {lines.map(({ label }) => (
              <th scope="col" key={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.slice(from).map((time, row) => (
            <tr key={time}>
              <th scope="row">{isLong ? `${day(time)} ${clock(time)}` : clock(time)}</th>
              {lines.map(({ label, values }) => {
                const value = values[from + row] ?? null;
                return <td key={label}>{value === null ? '–' : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
