import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../apps/standalone/src/config.js';
import { documentsOf, type Tree, yamlOf } from './files.js';
import { complaintsAbout, type Manifest } from './held-against-schema.js';

const folder = path.resolve(__dirname, '../../deploy/kubernetes');
const kustomization = yamlOf('kubernetes/kustomization.yaml');
const manifests = (kustomization.resources as string[]).flatMap((file) => documentsOf(`kubernetes/${file}`));
const examples = documentsOf('kubernetes/secret.example.yaml');
const ROLES = ['api', 'gateway', 'worker'];
/** What the server takes for draining, at most; the test of the drain holds it to that. */
const DRAIN_SECONDS = 10;

const all = (kind: string): Tree[] => manifests.filter((one) => one.kind === kind);
const named = (kind: string, name: string): Tree => all(kind).find((one) => one.metadata.name === name);
const deployment = (role: string): Tree => named('Deployment', `push-${role}`);
const container = (role: string): Tree => deployment(role).spec.template.spec.containers[0];
const fits = (labels: Record<string, string>, selector: Record<string, string>): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

describe('every manifest', () => {
  it.each([...manifests, ...examples].map((one: Tree) => [`${one.kind} ${one.metadata.name}`, one]))(
    '%s is what the published schema says',
    (_name, manifest) => {
      expect(complaintsAbout(manifest as Manifest)).toEqual([]);
    },
  );

  it('would be found out: a wrong type, something missing, a field that is misspelt', () => {
    const copy = (): Tree => structuredClone(deployment('api'));
    const wrong = copy();
    wrong.spec.template.spec.terminationGracePeriodSeconds = '30';
    const missing = copy();
    delete missing.spec.template.spec.containers[0].name;
    const misspelt = copy();
    misspelt.spec.template.spec.containers[0].readinesProbe = {};
    expect(complaintsAbout(wrong)).toEqual([expect.stringContaining('terminationGracePeriodSeconds')]);
    expect(complaintsAbout(missing)).toEqual([expect.stringContaining('name')]);
    expect(complaintsAbout(misspelt)).toEqual([
      'spec.template.spec.containers[0].readinesProbe is no field of Deployment',
    ]);
    expect(complaintsAbout({ ...wrong, kind: 'Deploymnt' })).toEqual(['there is no Deploymnt in apps/v1']);
  });

  it('is listed, or called an example', () => {
    const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml' && !name.includes('.example.'));
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    const names = manifests.map((one) => `${one.kind} ${one.metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(ROLES)('the Deployment of %s', (role) => {
  const { spec } = deployment(role);
  const pod = spec.template.spec;
  const server = container(role);

  it('selects its own pods and nobody else’s', () => {
    expect(fits(spec.template.metadata.labels, spec.selector.matchLabels)).toBe(true);
    for (const other of ROLES.filter((one) => one !== role)) {
      expect(fits(deployment(other).spec.template.metadata.labels, spec.selector.matchLabels)).toBe(false);
    }
    expect(pod.topologySpreadConstraints[0].labelSelector.matchLabels).toEqual(spec.selector.matchLabels);
  });

  it('gives the server what it takes, and nothing it does not know', () => {
    const [secret] = examples;
    const given = {
      ...named('ConfigMap', server.envFrom[0].configMapRef.name).data,
      ...secret.stringData,
      ...Object.fromEntries(server.env.map(({ name, value = 'push-7f3a' }: Tree) => [name, value])),
    };
    expect(secret.metadata.name).toBe(server.envFrom[1].secretRef.name);
    const outcome = readConfig(given);
    expect(outcome).toMatchObject({ ok: true, warnings: [] });
    if (!outcome.ok) return;
    expect(outcome.config).toMatchObject({ roles: [role], host: '0.0.0.0', nodeId: 'push-7f3a' });
    expect(outcome.config.trustedProxies).toEqual(['private']);
    expect(server.ports).toEqual([{ name: 'http', containerPort: outcome.config.port }]);
    // PUSH_API_PORT=tcp://… would otherwise be there.
    expect(pod.enableServiceLinks).toBe(false);
  });

  it('has time to drain after balancers have learnt of it', () => {
    const wait = Number(server.lifecycle.preStop.exec.command[1]);
    expect(server.lifecycle.preStop.exec.command[0]).toBe('sleep');
    // Longer than a probe needs to fail.
    expect(wait).toBeGreaterThanOrEqual(3);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(wait + DRAIN_SECONDS);
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  it('is asked what the server answers', () => {
    const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => server[probe].httpGet);
    expect(paths).toEqual([
      { path: '/healthz', port: 'http' },
      { path: '/healthz', port: 'http' },
      { path: '/readyz', port: 'http' },
    ]);
    // The server gives up on its database after 15 s and says why: that must come first.
    expect(server.startupProbe.periodSeconds * server.startupProbe.failureThreshold).toBeGreaterThan(20);
  });

  it('keeps to the restricted standard', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
    expect(server.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(server.volumeMounts.map(({ mountPath }: Tree) => mountPath)).toEqual(['/tmp']);
  });

  it('has less heap than memory', () => {
    const heap = Number(/--max-old-space-size=(\d+)/.exec(server.env.at(-1).value)?.[1]);
    const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(server.resources.limits.memory)!;
    expect(heap).toBeLessThanOrEqual(Number(amount) * (unit === 'Gi' ? 1024 : 1) * 0.8);
  });

  it('scales and is emptied by what names it', () => {
    const scaler = named('HorizontalPodAutoscaler', `push-${role}`).spec;
    expect(scaler.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: `push-${role}` });
    expect(scaler.minReplicas).toBeGreaterThanOrEqual(2);
    expect(spec.replicas).toBeUndefined();
    // A budget of none would keep a node of the cluster from ever being emptied.
    const budget = named('PodDisruptionBudget', `push-${role}`).spec;
    expect(budget).toEqual({ maxUnavailable: 1, selector: { matchLabels: spec.selector.matchLabels } });
  });
});

it('budgets and autoscalers are there for the Deployments there are, and no others', () => {
  const names = ROLES.map((role) => `push-${role}`);
  for (const kind of ['Deployment', 'PodDisruptionBudget', 'HorizontalPodAutoscaler']) {
    expect([
      kind,
      all(kind)
        .map((one) => one.metadata.name)
        .sort(),
    ]).toEqual([kind, names]);
  }
});

it('autoscalers ask for metrics that the server has and the adapter hands on', () => {
  const { rules } = documentsOf('kubernetes/prometheus-adapter.example.yaml')[0];
  const metricsOf = (role: string) => named('HorizontalPodAutoscaler', `push-${role}`).spec.metrics;
  expect(metricsOf('gateway')[0].pods.metric.name).toBe(rules.custom[0].name.as);
  expect(metricsOf('worker')[0].external.metric.name).toBe(rules.external[0].name.as);
  expect([rules.custom[0].name.matches, rules.external[0].name.matches]).toEqual([
    'push_connections',
    'push_queue_depth',
  ]);
});

describe('Services and Ingresses', () => {
  it('lead to the pods they name, on their port', () => {
    expect(all('Service')).toHaveLength(2);
    for (const { metadata, spec } of all('Service')) {
      const targets = all('Deployment').filter((one) => fits(one.spec.template.metadata.labels, spec.selector));
      expect(targets.map((one) => one.metadata.name)).toEqual([metadata.name]);
      expect(spec.ports).toMatchObject([{ name: 'http', targetPort: 'http' }]);
      // Nothing sticks: a cursor is good everywhere.
      expect(spec.sessionAffinity).toBeUndefined();
    }
    for (const { spec } of all('Ingress')) {
      for (const { backend } of spec.rules.flatMap((rule: Tree) => rule.http.paths)) {
        expect(named('Service', backend.service.name)?.spec.ports[0].name).toBe(backend.service.port.name);
      }
      expect(spec.tls.flatMap((one: Tree) => one.hosts)).toEqual(spec.rules.map((rule: Tree) => rule.host));
    }
  });

  it('let devices reach what is for devices, all of it, and nothing else', () => {
    const { metadata, spec } = named('Ingress', 'push-gateway');
    const paths = spec.rules[0].http.paths.map(({ path: place }: Tree) => place).sort();
    expect(paths).toEqual([
      ...[
        '/socket.io',
        '/v1/ack',
        '/v1/notifications/opened',
        '/v1/poll',
        '/v1/read',
        '/v1/sse',
        '/v1/tickets',
        '/v1/ws',
      ],
    ]);
    expect(Number(metadata.annotations['nginx.ingress.kubernetes.io/proxy-read-timeout'])).toBeGreaterThan(35);
    expect(metadata.annotations['nginx.ingress.kubernetes.io/proxy-buffering']).toBe('off');
    expect(JSON.stringify(metadata.annotations)).not.toMatch(/affinity|sticky/);
  });
});

describe('network policies', () => {
  it('begin with nothing, and open the server’s port and those it calls', () => {
    expect(named('NetworkPolicy', 'push-default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const opened = all('NetworkPolicy').flatMap(({ spec }) => spec.ingress ?? []);
    expect(opened.flatMap(({ ports }: Tree) => ports)).toEqual([{ port: 7400 }, { port: 7400 }]);
    for (const { from } of opened) expect(from.length).toBeGreaterThan(0);
  });

  it('admit the database and the broker of the example, and keep https to the public', () => {
    const ports = named('NetworkPolicy', 'push-outgoing').spec.egress[1].ports.map(({ port }: Tree) => port);
    for (const url of [examples[0].stringData.PUSH_DATABASE_URL, examples[0].stringData.PUSH_BROKER_URL]) {
      expect(ports).toContain(Number(new URL(url).port));
    }
    const [{ to }] = named('NetworkPolicy', 'push-to-the-public').spec.egress;
    expect(to[0].ipBlock.except).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '192.168.0.0/16']));
  });

  it('select pods that there are', () => {
    for (const { metadata, spec } of all('NetworkPolicy')) {
      const selected = all('Deployment').filter((one) =>
        fits(one.spec.template.metadata.labels, spec.podSelector.matchLabels ?? {}),
      );
      expect([metadata.name, selected.length]).toEqual([metadata.name, 3]);
    }
  });
});
