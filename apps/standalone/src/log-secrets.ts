/** What stands where a secret stood. */
export const HIDDEN = '[hidden]';

/** Names under which something is found that is nobody's business: credentials, and what people write to each other. */
const SECRET_NAME =
  /^(?:.*(?:password|passwd|passphrase|secret|token|authorization|cookie|credential|private_?key|api_?key|admin_?key|pseudonym_?key|signature|assertion|bearer|ticket)s?|key|keys|encryptionkeys|serviceaccount|pem|pwd|auth|p256dh|endpoint|webhook|data|body|payload|notification|title|parameters|values|detail|where|query|sql)$/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name.replaceAll('-', ''));

const ESCAPED = String.raw`(?:\\\\)*\\?"`;
const NAMES =
  'password|passwd|passphrase|pwd|secret|client_secret|clientSecret|token|access_token|refresh_token|id_token|authorization|cookie|set-cookie|apiKey|api_key|adminKey|privateKey|private_key|p256dh|auth|endpoint|ticket|assertion|data|body';

/** One after the other, on text as it may stand in a message, a stack or a line of JSON. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // PEM, whole or cut off, with line ends as they are or escaped.
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?-----END [A-Z0-9 ]+-----/g, HIDDEN],
  [/-----BEGIN [A-Z0-9 ]+-----(?:\\[nr]|[A-Za-z0-9+/=\s])*/g, HIDDEN],
  // What a header says.
  [
    /\b([Bb]earer|[Bb]asic|[Dd]igest|WebPush|vapid|key=)(\s*)(?=[\w.~+/=:,-]*[\dA-Z=])[\w.~+/=:,-]{6,}/g,
    `$1$2${HIDDEN}`,
  ],
  [
    /\b((?:set-)?cookie|(?:proxy-)?authorization|x-api-key)(["']?\s*[:=]\s*)(?!["']?\[hidden\])[^\r\n"\\]+/gi,
    `$1$2${HIDDEN}`,
  ],
  // JSON inside of text, however often it was escaped.
  [
    new RegExp(`(${ESCAPED}(?:${NAMES})${ESCAPED}\\s*:\\s*)(${ESCAPED})(?:(?!\\2)[\\s\\S])*\\2`, 'gi'),
    `$1$2${HIDDEN}$2`,
  ],
  [new RegExp(`(${ESCAPED}(?:${NAMES})${ESCAPED}\\s*:\\s*)[{[][\\s\\S]*?[}\\]]`, 'gi'), `$1${HIDDEN}`],
  [
    /\b(password|passwd|pwd|secret|token|ticket|api_?key|access_token|sig|signature)(\s*=\s*)[^\s"'&,;)\]}\\]+/gi,
    `$1$2${HIDDEN}`,
  ],
  // Whose password it is may be said.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@"'\\]*):[^\s"'\\]*@/gi, `$1:${HIDDEN}@`],
  // A web address of which more than the host is known can be a capability: Web Push endpoints and webhooks are.
  [/\b(https?:\/\/[^\s/"'\\?#@]+)[/?#][^\s"'\\)\]}>,;]*[\w=~-]{12}[^\s"'\\)\]}>,;]*/gi, `$1/${HIDDEN}`],
  // Tokens by their looks: JWT, keys of this server, webhook secrets, device tokens.
  [/\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g, HIDDEN],
  [/\bpush_([0-9a-f]{12}|admin|session)_[\w-]+/g, `push_$1_${HIDDEN}`],
  [/\bwhsec_[\w+/=-]+/g, HIDDEN],
  [/\b[0-9a-f]{40,}\b/gi, HIDDEN],
  [/[\w-]{8,}:APA91[\w-]+/g, HIDDEN],
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32,}/g, HIDDEN],
  [/[A-Za-z0-9+/]{22,}={1,2}(?![\w=])/g, HIDDEN],
];

/** The same text without what a reader of a log must not see: by what it looks like, and by the words that are known to be secret. */
export function hideSecrets(text: string, known: readonly string[] = []): string {
  let hidden = text;
  for (const secret of known) if (secret.length >= 6) hidden = hidden.replaceAll(secret, HIDDEN);
  for (const [pattern, shown] of PATTERNS) hidden = hidden.replace(pattern, shown);
  return hidden;
}

/** A value under a name; what is no secret is gone through. */
export function hideIn(value: unknown, known: readonly string[], name = '', depth = 0): unknown {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return value;
  if (isSecretName(name)) return HIDDEN;
  if (typeof value === 'string') return hideSecrets(value, known);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return undefined;
  if (depth >= 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => hideIn(one, known, '', depth + 1));
  if (ArrayBuffer.isView(value)) return HIDDEN;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [hideSecrets(key, known), hideIn(one, known, key, depth + 1)]),
  );
}
