// The three packages as npm would publish them.
import fs from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';

export const PACKAGES = ['push-core', 'push-client', 'nest-push'];

/** Name → path of the tarball. Throws where a package is not built. */
export async function packAll(processes, libs, into) {
  const missing = PACKAGES.filter((name) => !fs.existsSync(path.join(libs, name, 'dist')));
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not built; run \`npm run build\` first`);
  fs.mkdirSync(into, { recursive: true });
  const packed = PACKAGES.map(async (name) => {
    const [file, args] = npm('pack', '--silent', '--ignore-scripts', '--pack-destination', into);
    await processes.run(file, args, { cwd: path.join(libs, name) });
    const { version } = JSON.parse(fs.readFileSync(path.join(libs, name, 'package.json'), 'utf8'));
    return [name, path.join(into, `${name}-${version}.tgz`)];
  });
  return new Map(await Promise.all(packed));
}
