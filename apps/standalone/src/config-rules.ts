import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isIP } from 'node:net';

/** Says what is wrong with a value and what to do about it; undefined when nothing is. */
type Complaint<T> = (value: T) => string | undefined;

export const Rule = <T>(complaint: Complaint<T>): PropertyDecorator =>
  ValidateBy({
    name: complaint.name,
    validator: {
      validate: (value: T) => complaint(value) === undefined,
      defaultMessage: (about) => complaint(about?.value as T) ?? '',
    },
  });

export function port({ value }: ValidationArguments): string {
  const hint = /^(tcp|udp):\/\//.test(String(value))
    ? '. Kubernetes sets it so for a service named "push": set "enableServiceLinks: false", or PUSH_PORT itself'
    : ', for example 7400; 0 takes any free port';
  return `${JSON.stringify(value)} is no port; give a whole number from 0 to 65535${hint}`;
}

export const mqttPort = ({ value }: ValidationArguments): string =>
  `${JSON.stringify(value)} is no port; give a whole number from 1 to 65535, for example 1883, or leave it unset: no MQTT`;

export function databaseUrl(url: string): string | undefined {
  if (url === 'memory:') return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') {
    const path = url.slice('sqlite:'.length);
    if (path === '' || path.startsWith('//'))
      return `${show(url)} names no file; write "sqlite:" and a path, for example sqlite:./data/push.db`;
    if (path === ':memory:') return 'SQLite in memory is not offered; use "memory:", which keeps nothing either';
    return undefined;
  }
  if (scheme && ['postgres', 'postgresql', 'mysql', 'mariadb'].includes(scheme)) {
    return `${scheme}:// is not available in this version; use sqlite:PATH or memory:`;
  }
  return `${show(url)} is no database; use sqlite:PATH (for example sqlite:./data/push.db) or memory:`;
}

export function brokerUrl(url: string): string | undefined {
  return `a broker (${show(url)}) is not available in this version; leave the variable unset: one process needs none`;
}

const ALL_ROLES = ['api', 'gateway', 'worker'];

export function roles(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !ALL_ROLES.includes(name));
  if (unknown.length > 0)
    return `there is no role ${unknown.map(show).join(', ')}; the roles are ${ALL_ROLES.join(', ')}`;
  if (ALL_ROLES.every((role) => names.includes(role))) return undefined;
  return `running only ${names.join(',')} is not available in this version; leave the variable unset, or name all of ${ALL_ROLES.join(',')}`;
}

export function origins(list: readonly string[]): string | undefined {
  const wrong = list.filter((origin) => !isOrigin(origin));
  if (wrong.length === 0) return undefined;
  return `${wrong.map(show).join(', ')}: an origin is exactly scheme://host[:port], without path or wildcard, for example https://app.example.com`;
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text && !text.includes('*');
  } catch {
    return false;
  }
}

export function egress(list: readonly string[]): string | undefined {
  const wrong = list.filter((item) => !isCidr(item) && !isHostAndPort(item));
  if (wrong.length === 0) return undefined;
  return `${wrong.map(show).join(', ')}: give host:port (for example localhost:9000) or a CIDR block (for example 10.0.0.0/8)`;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const family = isIP(address);
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function isHostAndPort(text: string): boolean {
  const found = /^(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+)):(\d{1,5})$/i.exec(text);
  return found !== null && Number(found[3]) >= 1 && Number(found[3]) <= 65535;
}

/** A URL may carry a password: never shown. */
const show = (text: string): string => JSON.stringify(text.replace(/\/\/[^/@]*@/, '//…@'));
