/**
 * Tells two tokens apart and gives neither away. Computed here, so that a token never becomes part of the page; no cryptographic hash, for a
 * token is long and random, and the browser has one only over https.
 */
export function fingerprint(token: unknown): string {
  const text = typeof token === 'string' ? token : JSON.stringify(token);
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  return (a >>> 0).toString(16).padStart(8, '0');
}
