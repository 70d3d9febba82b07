import { KEY_BYTES, type RingKey } from './key-ring.js';

export type RingRead =
  { readonly ok: true; readonly keys: readonly RingKey[] } | { readonly ok: false; readonly reason: string };

const ITEM = /^([\w.-]{1,32}):([\w+/-]+={0,2})$/;
const REMEDY = 'for example k1:$(openssl rand -base64 32), several with commas between (the value is not shown here)';

/** `id:base64` of 32 bytes, several with commas or lines between. What is wrong is told without the text. */
export function readRing(text: string): RingRead {
  const items = text.split(/[,\n]/).map((item) => item.trim());
  const given = items.filter((item) => item !== '' && !item.startsWith('#'));
  if (given.length === 0) return { ok: false, reason: `names no key; give id:base64 of 32 bytes, ${REMEDY}` };
  const keys: RingKey[] = [];
  for (const [at, item] of given.entries()) {
    const [, id, base64 = ''] = ITEM.exec(item) ?? [];
    const which = `key ${at + 1}${id === undefined ? '' : ` (${id})`}`;
    if (id === undefined)
      return { ok: false, reason: `${which} is not id:base64; ids have 1 to 32 letters, digits and . _ -, ${REMEDY}` };
    const key = Buffer.from(base64, 'base64');
    if (key.length !== KEY_BYTES)
      return { ok: false, reason: `${which} has ${key.length} bytes, not ${KEY_BYTES}; ${REMEDY}` };
    if (keys.some((one) => one.id === id)) return { ok: false, reason: `${which} has the id of a key before it` };
    keys.push({ id, key });
  }
  return { ok: true, keys };
}

export const ringText = (keys: readonly RingKey[]): string =>
  keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join(',');

/** For a variable that was checked before. */
export function ringOf(text: string | undefined): readonly RingKey[] {
  const read = text === undefined ? undefined : readRing(text);
  return read?.ok ? read.keys : [];
}
