import { isIP } from 'node:net';

/** The environment, read; nothing is on disk yet. */
export interface Environment {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Undefined: made at the first start and kept in the data folder. */
  readonly secret?: string;
  readonly egressAllow: readonly string[];
  readonly lab: boolean;
}

export type Reading =
  { readonly ok: true; readonly environment: Environment } | { readonly ok: false; readonly errors: readonly string[] };

const MIN_SECRET_BYTES = 32;

/** Every complaint begins with the variable's name. An empty variable counts as unset. */
export function readEnvironment(env: NodeJS.ProcessEnv): Reading {
  const errors: string[] = [];
  const of = (name: string, fallback: string): string => env[name]?.trim() || fallback;
  const check = (name: string, isGood: boolean, complaint: string): void => {
    if (!isGood) errors.push(`${name}: ${JSON.stringify(env[name])} ${complaint}`);
  };

  const host = of('DEMO_HOST', '127.0.0.1');
  const isAddress = /^[0-9A-Za-z.:_-]+$/.test(host);
  check('DEMO_HOST', isAddress, 'is no address to listen on; for example 127.0.0.1');
  const port = of('DEMO_PORT', '7500');
  check('DEMO_PORT', isPort(port), 'is no port; give a whole number from 1 to 65535, for example 7500');
  const lab = of('DEMO_LAB', 'on');
  check('DEMO_LAB', lab === 'on' || lab === 'off', 'is neither "on" nor "off"');
  if (lab === 'on' && isAddress && !isLoopback(host)) {
    errors.push(
      `DEMO_HOST: ${JSON.stringify(host)} is open to others, who could kill the server; set DEMO_LAB=off too`,
    );
  }
  const secret = of('DEMO_SECRET', '') || undefined;
  if (secret !== undefined && Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    errors.push(`DEMO_SECRET: must be ${MIN_SECRET_BYTES} bytes or longer; leave it unset and one is made`);
  }
  const egressAllow = of('DEMO_EGRESS_ALLOW', '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  check(
    'DEMO_EGRESS_ALLOW',
    egressAllow.every(isPlace),
    'must list host:port or CIDR blocks, for example localhost:9000',
  );

  if (errors.length > 0) return { ok: false, errors };
  const dataFolder = of('DEMO_DATA', './data/demo-im');
  return {
    ok: true,
    environment: { host, port: Number(port), dataFolder, secret, egressAllow, lab: lab === 'on' },
  };
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

function isPlace(item: string): boolean {
  const [address = '', bits, ...rest] = item.split('/');
  if (bits !== undefined) return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits);
  return /^(?:\[[0-9a-f:.]+\]|[0-9a-z._-]+):\d{1,5}$/i.test(item);
}
