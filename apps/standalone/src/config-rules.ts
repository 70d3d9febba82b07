import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isIP } from 'node:net';
import { isProxyRange, ROLES, type Role } from 'push-core';
import { withoutSecrets } from './database-url.js';
import { readRoles } from './people/oidc/oidc-settings.js';
import { readRing } from './ring/ring-text.js';

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

export function roles(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !isRole(name));
  if (unknown.length > 0)
    return `there is no role ${unknown.map((name) => JSON.stringify(name)).join(', ')}; the roles are ${ROLES.join(', ')}`;
  return names.length > 0 ? undefined : `name one or more of ${ROLES.join(', ')}, or leave it unset: all of them`;
}

export const isRole = (name: string): name is Role => (ROLES as readonly string[]).includes(name);

export function origins(list: readonly string[]): string | undefined {
  const wrong = list.filter((origin) => !isOrigin(origin));
  if (wrong.length === 0) return undefined;
  return `${wrong.map(withoutSecrets).join(', ')}: an origin is exactly scheme://host[:port], without path or wildcard, for example https://app.example.com`;
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text && !text.includes('*');
  } catch {
    return false;
  }
}

export function origin(text: string): string | undefined {
  if (isOrigin(text) && /^https?:/.test(text)) return undefined;
  return `${withoutSecrets(text)} is no public address; give exactly http(s)://host[:port], without path, for example https://push.example.com`;
}

export function trustedProxies(list: readonly string[]): string | undefined {
  const wrong = list.filter((item) => !isProxyRange(item));
  if (wrong.length === 0) return undefined;
  return `${wrong.map(withoutSecrets).join(', ')}: give IP addresses, CIDR blocks (for example 10.0.0.0/8), "loopback" or "private"`;
}

export function oidcRoles(text: string): string | undefined {
  if (readRoles(text)) return undefined;
  return `${JSON.stringify(text)}: give claim=value:role, with more value:role behind commas and @tenant behind a role of one tenant, for example groups=push-admins:admin,acme:reader@acme`;
}

export function egress(list: readonly string[]): string | undefined {
  const wrong = list.filter((item) => !isCidr(item) && !isHostAndPort(item));
  if (wrong.length === 0) return undefined;
  return `${wrong.map(withoutSecrets).join(', ')}: give host:port (for example localhost:9000) or a CIDR block (for example 10.0.0.0/8)`;
}

export function encryptionKeys(text: string): string | undefined {
  const read = readRing(text);
  return read.ok ? undefined : read.reason;
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
