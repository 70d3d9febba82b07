// Outlives the test that started it by a moment: when its standard input ends, however that came about, it takes away what
// is still there. One JSON line each: {"own": pid, "born": ticks}, {"disk": folder}, {"folder": path}, {"table": name}.
const { execFileSync } = require('node:child_process');
const { readFileSync, readdirSync, rmSync } = require('node:fs');
const readline = require('node:readline');

/** [parent, born, state] of a process: a number is used again, a number with its birth is not. */
function statusOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), born: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

function withChildren(roots) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(all.map((pid) => [pid, statusOf(pid)?.parent]));
  const found = [...roots];
  for (let at = 0; at < found.length; at++)
    for (const [pid, parent] of parents) if (parent === found[at]) found.push(pid);
  return found;
}

const quietly = (run) => {
  try {
    run();
  } catch {
    // Gone already, or never there.
  }
};

const owned = new Map();
const disks = new Set();
const folders = new Set();
const tables = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { own, born, disown, disk, undisk, folder, unfolder, table, untable } = JSON.parse(line);
    if (own !== undefined) owned.set(own, born);
    if (disown !== undefined) owned.delete(disown);
    if (disk !== undefined) disks.add(disk);
    if (undisk !== undefined) disks.delete(undisk);
    if (folder !== undefined) folders.add(folder);
    if (unfolder !== undefined) folders.delete(unfolder);
    if (table !== undefined) tables.add(table);
    if (untable !== undefined) tables.delete(untable);
  })
  .on('close', () => {
    for (const table of tables)
      quietly(() => execFileSync('nft', ['delete', 'table', 'inet', table], { stdio: 'ignore' }));
    const ours = [...owned].filter(([pid, born]) => statusOf(pid)?.born === born).map(([pid]) => pid);
    for (const pid of withChildren(ours)) quietly(() => process.kill(pid, 'SIGKILL'));
    for (const disk of disks) quietly(() => execFileSync('umount', ['-l', disk], { stdio: 'ignore' }));
    for (const folder of folders) quietly(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    process.exit(0);
  });
