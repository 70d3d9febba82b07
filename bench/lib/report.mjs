// Writes what was measured: results.json, the picture, and the table between markers.
import fs from 'node:fs';
import path from 'node:path';
import { CONTENDERS, rootDir } from './contenders.mjs';
import { picture } from './picture.mjs';
import { number } from './statistics.mjs';

/** A group of works has files and a table of its own, so that it can be measured alone. */
export function writeReport(group, results, works, directory) {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, `${group}.json`), `${JSON.stringify(results, null, 2)}\n`);
  fs.writeFileSync(path.join(directory, `${group}.svg`), picture(results, works));
}

/** The table also goes where a page has the markers. Returns the pages changed. */
export function writeTables(group, text) {
  const pages = ['docs/benchmarks/README.md', 'README.md'];
  return pages.filter((name) => replaceBetween(group, path.join(rootDir, name), text));
}

function replaceBetween(group, file, text) {
  const [opening, closing] = ['start', 'end'].map((side) => `<!-- bench:${group}:${side} -->`);
  if (!fs.existsSync(file)) return false;
  const page = fs.readFileSync(file, 'utf8');
  const start = page.indexOf(opening);
  const end = page.indexOf(closing, start);
  if (start < 0 || end < 0) return false;
  fs.writeFileSync(file, `${page.slice(0, start + opening.length)}\n\n${text}\n\n${page.slice(end)}`);
  return true;
}

export function table(results, works) {
  const present = Object.keys(CONTENDERS).filter((name) =>
    works.some((work) => results.works[work.name]?.contenders[name]),
  );
  const lines = [
    `| work | ${present.map((name) => CONTENDERS[name].label).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(present.length)}`,
  ];
  for (const work of works) {
    const result = results.works[work.name];
    if (!result) continue;
    for (const [index, key] of work.headline.entries()) {
      const title = index === 0 ? `${result.title}: ${work.metrics[key].title}` : `… ${work.metrics[key].title}`;
      const cells = present.map((name) => cell(result.contenders[name], key, work.metrics[key].unit));
      lines.push(`| ${title} | ${cells.join(' | ')} |`);
    }
  }
  lines.push('', '| goal | measured | reached |', '| --- | ---: | --- |');
  for (const work of works) {
    for (const goal of results.works[work.name]?.goals ?? []) {
      const { unit, title } = work.metrics[goal.metric];
      const measured =
        goal.figure === null
          ? '–'
          : goal.to === undefined
            ? `${number(goal.figure)} ${unit}`
            : `${number(goal.figure)} ×`;
      lines.push(
        `| ${goalText(work, goal, title, unit)} | ${measured} | ${goal.reached === null ? 'not measured' : goal.reached ? 'yes' : 'no'} |`,
      );
    }
  }
  const { machine, date, commit, settings } = results;
  const place = `${machine.cpu}, ${machine.cores} cores (server on one, load generator on the other), ${machine.system}, Node ${machine.node}`;
  const at = commit.id === null ? '' : `, commit ${commit.id.slice(0, 10)}${commit.changed ? ' with changes' : ''}`;
  lines.push(
    '',
    `Medians of ${settings.rounds} interleaved rounds; ratios are taken inside a round. ${place}; ${date.slice(0, 10)}${at}.`,
  );
  return lines.join('\n');
}

function goalText(work, goal, title, unit) {
  const sign = goal.atLeast !== undefined ? '≥' : '≤';
  const limit = goal.atLeast ?? goal.atMost;
  const bound = goal.to === undefined ? `${limit} ${unit}` : `${limit} × ${CONTENDERS[goal.to].label}`;
  return `${work.name}, ${CONTENDERS[goal.of].label}: ${title} ${sign} ${bound}`;
}

function cell(contender, key, unit) {
  const metric = contender?.metrics[key];
  if (!metric) return contender?.failures ? 'failed' : '–';
  return `${number(metric.median)}${unit.startsWith('/') ? '' : ` ${unit}`}`;
}
