const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The call for a terminal, ready to paste. The key stays out of it: it would end up in the shell's history. */
export function curlOf(body: unknown, { path = '/v1/messages', method = 'POST', idempotencyKey = '' } = {}): string {
  const lines = [
    `curl${method === 'POST' ? '' : ` -X ${method}`} ${location.origin}${path}`,
    `  -H "Authorization: Bearer $PUSH_KEY"`,
    ...(body === undefined ? [] : [`  -H 'Content-Type: application/json'`]),
    ...(idempotencyKey === '' ? [] : [`  -H ${quoted(`Idempotency-Key: ${idempotencyKey}`)}`]),
    ...(body === undefined ? [] : [`  -d ${quoted(JSON.stringify(body))}`]),
  ];
  return lines.join(' \\\n');
}
