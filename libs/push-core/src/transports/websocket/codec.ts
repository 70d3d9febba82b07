import type { Codec } from '../shared-frame.js';

const FIN_TEXT = 0x81;

/** A whole text as one unmasked WebSocket frame (RFC 6455, section 5.2): the same bytes for every client. */
export const webSocketCodec: Codec = {
  encode(text: string): Buffer {
    const length = Buffer.byteLength(text);
    const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const bytes = Buffer.allocUnsafe(header + length);
    bytes[0] = FIN_TEXT;
    if (header === 2) bytes[1] = length;
    else if (header === 4) {
      bytes[1] = 126;
      bytes.writeUInt16BE(length, 2);
    } else {
      bytes[1] = 127;
      bytes.writeBigUInt64BE(BigInt(length), 2);
    }
    bytes.write(text, header);
    return bytes;
  },
};
