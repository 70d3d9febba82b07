/** Collects an answer's body up to a number of bytes. */
export class AnswerBody {
  /** It was longer than wanted, or its end never came. */
  truncated = false;
  private readonly chunks: Buffer[] = [];
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  /** False: enough. */
  add(chunk: Buffer): boolean {
    const left = this.maxBytes - this.length;
    this.truncated = chunk.length > left;
    this.chunks.push(this.truncated ? chunk.subarray(0, left) : chunk);
    this.length += Math.min(left, chunk.length);
    return !this.truncated;
  }

  text(): string {
    return this.chunks.length === 0 ? '' : Buffer.concat(this.chunks).toString('utf8');
  }
}

/** Names in lower case, the protocol's own (`:status`) left out. */
export function plainHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    if (name.charCodeAt(0) === 58) continue;
    const value = headers[name];
    if (value !== undefined)
      plain[name] = Array.isArray(value) ? value.join(', ') : (value as string | number).toString();
  }
  return plain;
}
