const SMALLEST = 256;
const STEP = 4096;
const END = 0x80;

/** The sizes there are: powers of two from 256 on, from 4096 on its multiples. An observer learns the bucket, not the length. */
export function bucketOf(bytes: number): number {
  // One byte marks where the content ends.
  const needed = bytes + 1;
  if (needed > STEP) return Math.ceil(needed / STEP) * STEP;
  let bucket = SMALLEST;
  while (bucket < needed) bucket *= 2;
  return bucket;
}

export function padded(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(bucketOf(content.length));
  bytes.set(content);
  bytes[content.length] = END;
  return bytes;
}

/** Undefined where nobody padded it so. */
export function unpadded(bytes: Uint8Array): Uint8Array | undefined {
  let end = bytes.length - 1;
  while (end >= 0 && bytes[end] === 0) end -= 1;
  return end >= 0 && bytes[end] === END ? bytes.subarray(0, end) : undefined;
}
