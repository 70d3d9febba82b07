// From the figures of all rounds to medians, ratios and goals. Ratios are taken inside a round, then their median.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { CONTENDERS, rootDir } from './contenders.mjs';
import { rounded, summary } from './statistics.mjs';

/** `figures[contender][round]` of one work → what is kept of it. */
export function workResults(work, figures) {
  const contenders = {};
  for (const [name, rounds] of Object.entries(figures)) {
    const good = rounds.filter((round) => round?.failed === undefined && round !== undefined);
    const failures = rounds.filter((round) => round?.failed !== undefined).map((round) => round.failed);
    const metrics = {};
    for (const key of good.length > 0 ? Object.keys(good[0]) : [])
      metrics[key] = roundedSummary(good.map((round) => round[key]));
    contenders[name] = { label: CONTENDERS[name].label, metrics, ...(failures.length > 0 && { failures }) };
  }
  const ratios = [];
  for (const of of Object.keys(figures).filter((name) => CONTENDERS[name].ours)) {
    for (const to of Object.keys(figures).filter((name) => !CONTENDERS[name].ours)) {
      for (const metric of work.headline) {
        const ratio = ratioOf(figures, of, to, metric);
        if (ratio) ratios.push({ of, to, metric, ...ratio });
      }
    }
  }
  return { title: work.title, contenders, ratios, goals: work.goals.map((goal) => judged(goal, contenders, ratios)) };
}

function ratioOf(figures, of, to, metric) {
  const values = figures[of]
    .map((round, index) => round?.[metric] / figures[to][index]?.[metric])
    .filter((value) => Number.isFinite(value));
  return values.length > 0 ? roundedSummary(values) : undefined;
}

function judged(goal, contenders, ratios) {
  const found =
    goal.to === undefined
      ? contenders[goal.of]?.metrics[goal.metric]
      : ratios.find((ratio) => ratio.of === goal.of && ratio.to === goal.to && ratio.metric === goal.metric);
  const figure = found?.median ?? null;
  const reached = figure === null ? null : goal.atLeast !== undefined ? figure >= goal.atLeast : figure <= goal.atMost;
  return { ...goal, figure, reached };
}

function roundedSummary(values) {
  const { median, min, max, rounds } = summary(values);
  return { median: rounded(median), min: rounded(min), max: rounded(max), rounds };
}

export function machine() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
  };
}

export function commit() {
  const git = (...args) => spawnSync('git', ['-C', rootDir, ...args], { encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return { id: null, changed: true };
  return { id: head.stdout.trim(), changed: git('status', '--porcelain', '--', 'libs', 'bench').stdout.trim() !== '' };
}
