import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fail, ok, warn, type Finding } from './finding.js';

const LEAST_NODE = [20, 19] as const;
/** A connection is a file; so are those to the database and the providers. */
const FEW_FILES = 4096;

/** Node, what it may open, and what was built. */
export function lookAtMachine(): readonly Finding[] {
  return [node(), openFiles(), ...consolePage()];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [least, most] = LEAST_NODE;
  const isNew = major > least || (major === least && minor >= most);
  return isNew
    ? ok('node', `v${process.versions.node}`)
    : fail('node', `v${process.versions.node}`, `install Node ${LEAST_NODE.join('.')} or newer`);
}

function openFiles(): Finding {
  let limit: number;
  try {
    const found = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (found === undefined || found === 'unlimited') return ok('open files', 'no limit');
    limit = Number(found);
  } catch {
    return ok('open files', 'this system does not tell');
  }
  const text = `${limit} at most, of which each connection takes one`;
  return limit < FEW_FILES
    ? warn('open files', text, 'raise it: ulimit -n 65536, LimitNOFILE= of systemd, or ulimits of the container')
    : ok('open files', text);
}

function consolePage(): readonly Finding[] {
  const folder = fileURLToPath(new URL('../../console', import.meta.url));
  if (existsSync(`${folder}/index.html`)) return [ok('console', 'its page is built')];
  return [warn('console', 'its page is not built: /console answers 404', 'build it: npm run build')];
}
