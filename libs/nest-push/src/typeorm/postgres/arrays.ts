/**
 * Sets as PostgreSQL's binary arrays. Beside the textual form this saves both sides the quoting: JSON is full of
 * quotation marks. The driver sends a Buffer as the binary form of whatever type the statement says.
 */
const TEXT = 25;
const INT8 = 20;
const HEADER_BYTES = 20;
const TWO_32 = 2 ** 32;

export type ColumnType = 'text' | 'int8';

export function binaryArray(type: ColumnType, values: readonly unknown[]): Buffer {
  if (values.length === 0) return empty(type);
  return type === 'text' ? textArray(values) : int8Array(values);
}

function empty(type: ColumnType): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(type === 'text' ? TEXT : INT8, 8);
  return buffer;
}

function textArray(values: readonly unknown[]): Buffer {
  let characters = 0;
  for (const value of values) if (value != null) characters += (value as string).length;
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + 4 * values.length + 3 * characters);
  let nulls = 0;
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value == null) {
      at = buffer.writeInt32BE(-1, at);
      nulls = 1;
      continue;
    }
    const bytes = buffer.write(value as string, at + 4);
    buffer.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return header(buffer, TEXT, values.length, nulls).subarray(0, at);
}

function int8Array(values: readonly unknown[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + 12 * values.length);
  let nulls = 0;
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value == null) {
      at = buffer.writeInt32BE(-1, at);
      nulls = 1;
      continue;
    }
    const whole = Math.floor(Number(value));
    at = buffer.writeInt32BE(8, at);
    at = buffer.writeInt32BE(Math.floor(whole / TWO_32), at);
    at = buffer.writeUInt32BE(whole >>> 0, at);
  }
  return header(buffer, INT8, values.length, nulls).subarray(0, at);
}

/** One dimension that begins at 1. */
function header(buffer: Buffer, type: number, length: number, nulls: number): Buffer {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(nulls, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
