const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** What is wrong with where alarms are to be sent; the value is not told, as it can be a capability. */
export function alarmWebhook(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '') return undefined;
  return 'must be an https:// url without user and password, for example https://hooks.example.com/push (the value is not shown here)';
}

export function alarmSecret(secret: string): string | undefined {
  if (secretBytes(secret) !== undefined) return undefined;
  return `must be whsec_ and ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64; make one with echo "whsec_$(openssl rand -base64 32)" (the value is not shown here)`;
}

/** What a secret of Standard Webhooks signs with. */
export function secretBytes(secret: string): Buffer | undefined {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const bytes = text === undefined ? undefined : Buffer.from(text, 'base64');
  return bytes && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES ? bytes : undefined;
}
