import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../apps/standalone/src/config.js';
import { deployFile, type Tree, yamlOf } from './files.js';

const compose = yamlOf('compose.yaml');
const services = compose.services as Record<string, Tree>;
const NODES = ['node1', 'node2'];
const seconds = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1]);

/** As Compose fills them in, with these variables set. */
function filled(text: string, set: Record<string, string>): string {
  return text.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, how: string, rest: string) => {
    if (set[name]) return set[name];
    if (how === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

describe('compose.yaml', () => {
  it('is what the published schema says', () => {
    const schema = JSON.parse(readFileSync(path.join(__dirname, 'schemas/compose-spec.json'), 'utf8'));
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    delete schema.$schema;
    const check = ajv.compile(schema);
    expect([check(compose), check.errors]).toEqual([true, null]);
    const wrong = structuredClone(compose);
    wrong.services.node1.read_onyl = true;
    expect(check(wrong)).toBe(false);
  });

  it('does not start without an admin key', () => {
    const text = services.node1.environment.PUSH_ADMIN_KEY as string;
    expect(() => filled(text, {})).toThrow('PUSH_ADMIN_KEY');
    expect(filled(text, { PUSH_ADMIN_KEY: 'given' })).toBe('given');
  });

  it('gives every node what it takes, its own name, and nothing it does not know', () => {
    const configs = NODES.map((name) => {
      const given = Object.entries<string>(services[name].environment).map(([variable, value]) => {
        return [variable, filled(value, { PUSH_ADMIN_KEY: 'k'.repeat(64) })];
      });
      const outcome = readConfig({ ...imageEnvironment(), ...Object.fromEntries(given) });
      expect(outcome).toMatchObject({ ok: true, warnings: [] });
      return outcome.ok ? outcome.config : undefined;
    });
    expect(configs.map((config) => config?.nodeId)).toEqual(NODES);
    for (const config of configs) {
      expect(config).toMatchObject({ host: '0.0.0.0', port: 7400, database: { kind: 'postgres' } });
      expect(config).toMatchObject({ trustedProxies: ['private'], limits: {} });
      expect(new URL(config!.broker!.url).hostname in services).toBe(true);
    }
  });

  it('writes nowhere but where it may, and needs no rights', () => {
    for (const name of [...NODES, 'proxy']) {
      expect(services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
      expect(services[name].security_opt).toEqual(['no-new-privileges:true']);
    }
    const paths = [...deployFile('proxy/nginx.conf').matchAll(/^\s*(?:pid|\w+_temp_path) (\S+);/gm)].map(
      ([, one]) => one,
    );
    expect(paths).toHaveLength(6);
    for (const one of paths) expect(one).toMatch(/^\/tmp\//);
  });

  it('is reached through the proxy alone, which is on this machine', () => {
    const open = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port: string) => [name, port]),
    );
    expect(open).toEqual([['proxy', '127.0.0.1:7400:8080']]);
  });

  it('has a proxy that knows all nodes by name and port, and its file', () => {
    const conf = deployFile('proxy/nginx.conf');
    const known = [...conf.matchAll(/^\s*server (\S+):(\d+) /gm)].map(([, name, port]) => [name, port]);
    expect(known).toEqual(NODES.map((name) => [name, '7400']));
    expect(conf).toContain('listen 8080');
    const [file] = (services.proxy.volumes[0] as string).split(':');
    expect(existsSync(path.resolve(__dirname, '../../deploy', file!))).toBe(true);
  });

  it('lets everything end by itself, and names the version of what is not ours', () => {
    for (const name of NODES) expect(seconds(services[name].stop_grace_period)).toBeGreaterThan(10);
    for (const [name, { image }] of Object.entries(services)) {
      if (!NODES.includes(name)) expect([name, image]).toEqual([name, expect.stringMatching(/:\d+\.\d+/)]);
    }
    for (const { depends_on: needed = {} } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries<Tree>(needed)) {
        expect(condition).toBe('service_healthy');
        // The nodes' is in the image.
        expect(services[name].healthcheck !== undefined || NODES.includes(name)).toBe(true);
      }
    }
  });
});

function imageEnvironment(): Record<string, string> {
  const [, line = ''] = /^ENV (.*)$/m.exec(deployFile('Dockerfile')) ?? [];
  return Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]));
}

describe('the container file', () => {
  const file = deployFile('Dockerfile');
  const stages = file.split(/^FROM /m).slice(1);

  it('runs as nobody in particular, without a shell in between', () => {
    const last = stages.at(-1)!;
    expect(
      /^USER (\d+):(\d+)$/m
        .exec(last)
        ?.slice(1)
        .map(Number)
        .every((id) => id > 0),
    ).toBe(true);
    expect(last).toMatch(/^CMD \["node", "apps\/standalone\/dist\/main\.js"\]$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toContain('/readyz');
    expect(last).not.toMatch(/^(RUN|CMD|ENTRYPOINT).*\bnp[mx]\b/m);
  });

  it('stands on one named version, in both stages', () => {
    expect(file).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
    expect(stages.map((stage) => stage.split(/\s/)[0])).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });

  it('has every package that the server is made of, and their sources do not travel', () => {
    const root = path.resolve(__dirname, '../..');
    const manifest = JSON.parse(readFileSync(path.join(root, 'apps/standalone/package.json'), 'utf8'));
    const ours = Object.keys(manifest.dependencies as object).filter((name) =>
      existsSync(path.join(root, 'libs', name)),
    );
    for (const name of [...ours.map((one) => `libs/${one}`), 'apps/standalone']) {
      expect(stages[0]).toContain(`COPY ${name}/package.json ${name}/\n`);
    }
    const ignored = deployFile('Dockerfile.dockerignore').split('\n');
    for (const needed of ['!libs', '!apps', '!tsconfig.json', '!.ci/prepare.mjs']) expect(ignored).toContain(needed);
    expect(ignored.filter((line) => line.startsWith('apps/standalone'))).toEqual(['apps/standalone/data']);
  });

  it('answers the variables it names with a start', () => {
    expect(readConfig(imageEnvironment())).toMatchObject({ ok: true, config: { host: '0.0.0.0' } });
  });
});
