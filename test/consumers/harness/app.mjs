// A fixture in a folder of its own, far from this repository: nothing is found by accident in a folder above.
import fs from 'node:fs';
import path from 'node:path';
import { PACKAGES } from './packages.mjs';
import { npm } from './npm.mjs';

const NOT_COPIED = new Set(['node_modules', 'dist', 'package-lock.json']);

export class App {
  constructor(processes, dir) {
    this.processes = processes;
    this.dir = dir;
  }

  /** What of `source` git knows, or would. */
  copyFrom(source) {
    fs.cpSync(source, this.dir, { recursive: true, filter: (file) => !NOT_COPIED.has(path.basename(file)) });
  }

  path(...parts) {
    return path.join(this.dir, ...parts);
  }

  /**
   * As `npm install` would after a release. The tarballs stand where package.json names our packages, and as overrides
   * where our packages name one another.
   */
  async install(tarballs) {
    const file = this.path('package.json');
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
    const specOf = (name) => `file:${tarballs.get(name)}`;
    for (const field of ['dependencies', 'devDependencies']) {
      for (const name of PACKAGES) if (manifest[field]?.[name] !== undefined) manifest[field][name] = specOf(name);
    }
    manifest.overrides = { ...manifest.overrides, ...Object.fromEntries(PACKAGES.map((name) => [name, specOf(name)])) };
    fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    await this.npm('install', '--no-audit', '--no-fund', '--prefer-offline');
  }

  npm(...args) {
    const [file, all] = npm(...args);
    return this.processes.run(file, all, { cwd: this.dir });
  }

  /** A program of one of the app's packages, to its end. */
  tool(script, args = [], env = {}) {
    return this.processes.run(process.execPath, [this.path('node_modules', script), ...args], { cwd: this.dir, env });
  }

  /** A program of the app's own that goes on. */
  start(script, args = [], env = {}) {
    return this.processes.start(process.execPath, [script, ...args], { cwd: this.dir, env });
  }
}
