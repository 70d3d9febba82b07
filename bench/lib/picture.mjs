// The picture: a panel a figure, bars from zero, whiskers from the lowest to the highest round. Readable on light and dark.
import { CONTENDERS } from './contenders.mjs';
import { number } from './statistics.mjs';

const PANEL = { width: 470, rowHeight: 26, head: 46, gap: 24 };
const LABEL_WIDTH = 136;
const VALUE_WIDTH = 92;
const MARGIN = 24;
const TOP = 64;

export function picture(results, works) {
  const panels = works.flatMap((work) => {
    const result = results.works[work.name];
    return result ? work.headline.map((key) => ({ result, metric: work.metrics[key], key })) : [];
  });
  const height = (panel) => PANEL.head + PANEL.rowHeight * Object.keys(panel.result.contenders).length + 14;
  const columns = [[], []];
  const filled = [0, 0];
  for (const panel of panels) {
    const column = filled[0] <= filled[1] ? 0 : 1;
    columns[column].push({ ...panel, y: TOP + filled[column] });
    filled[column] += height(panel) + PANEL.gap;
  }
  const width = MARGIN * 2 + PANEL.width * 2 + PANEL.gap;
  const total = TOP + Math.max(...filled) + 20;
  const body = columns.flatMap((column, index) =>
    column.map((panel) => drawn(panel, MARGIN + index * (PANEL.width + PANEL.gap), height(panel))),
  );
  const { machine, settings, date } = results;
  const foot = `${machine.cpu}, server on one core, Node ${machine.node}, ${date.slice(0, 10)}. Bars: median of ${settings.rounds} rounds; whiskers: lowest to highest.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img" aria-labelledby="title">
<title id="title">nest-push beside its peers</title>
<style>
svg { --page: #ffffff; --panel: #f6f7f9; --text: #1c2330; --soft: #5b6575; --ours: #2563c9; --peer: #a9b3c1; --whisker: #1c2330; }
@media (prefers-color-scheme: dark) { svg { --page: #12161d; --panel: #1b212b; --text: #e8ecf2; --soft: #9aa5b5; --ours: #6ea0f5; --peer: #566173; --whisker: #e8ecf2; } }
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-size: 13px; fill: var(--text); }
.big { font-size: 19px; font-weight: 600; } .head { font-weight: 600; } .soft { fill: var(--soft); font-size: 12px; }
.page { fill: var(--page); } .panel { fill: var(--panel); } .ours { fill: var(--ours); } .peer { fill: var(--peer); }
.whisker { stroke: var(--whisker); stroke-width: 1.2; opacity: 0.65; }
</style>
<rect class="page" width="${width}" height="${total}" rx="10"/>
<text class="big" x="${MARGIN}" y="36">nest-push beside its peers</text>
${body.join('\n')}
<text class="soft" x="${MARGIN}" y="${total - 16}">${escaped(foot)}</text>
</svg>
`;
}

function drawn({ result, metric, key, y }, x, height) {
  const rows = Object.entries(result.contenders);
  const most = Math.max(1e-9, ...rows.map(([, contender]) => contender.metrics[key]?.max ?? 0));
  const room = PANEL.width - LABEL_WIDTH - VALUE_WIDTH - 24;
  const parts = [
    `<g transform="translate(${x} ${y})">`,
    `<rect class="panel" width="${PANEL.width}" height="${height}" rx="8"/>`,
    `<text class="head" x="12" y="21">${escaped(result.title)}</text>`,
    `<text class="soft" x="12" y="38">${escaped(metric.title)}, ${metric.better === 'more' ? 'more is better' : 'less is better'}</text>`,
  ];
  for (const [index, [name, contender]] of rows.entries()) {
    const top = PANEL.head + index * PANEL.rowHeight + 4;
    const figure = contender.metrics[key];
    const left = 12 + LABEL_WIDTH;
    parts.push(`<text x="12" y="${top + 14}">${escaped(contender.label)}</text>`);
    if (!figure) {
      parts.push(`<text class="soft" x="${left}" y="${top + 14}">not measured</text>`);
      continue;
    }
    const scale = (value) => Math.round((Math.max(0, value) / most) * room * 10) / 10;
    parts.push(
      `<rect class="${CONTENDERS[name].ours ? 'ours' : 'peer'}" x="${left}" y="${top + 2}" width="${Math.max(1, scale(figure.median))}" height="16" rx="2"/>`,
      `<line class="whisker" x1="${left + scale(figure.min)}" x2="${left + scale(figure.max)}" y1="${top + 10}" y2="${top + 10}"/>`,
      `<text x="${left + scale(figure.max) + 6}" y="${top + 14}">${number(figure.median)}${metric.unit.startsWith('/') ? '' : ` ${metric.unit}`}</text>`,
    );
  }
  parts.push('</g>');
  return parts.join('\n');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
