// What is checked of every message, whoever sent it: that the payload is there, that `n` follows the one before on this
// connection (topic: exactly the next; single user: a higher one), and how many came. When latency is measured, `t` is read too.
// The payload is found at a fixed distance from the message's end, learned from the first message; nothing is parsed.
import { N_AT, N_DIGITS, T_AT, T_DIGITS, nowMicros } from '../lib/payload.mjs';

const BUCKET_MICROS = 10;
const MARK = Buffer.from('{"n":');

export class Checks {
  received = 0;
  duplicates = 0;
  failures = [];
  exact = true;
  latency;
  #fromEnd = 0;
  #waiting = [];
  #now = 0;

  fail(text) {
    if (this.failures.length < 20) this.failures.push(text);
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  message(connection, bytes, start, end) {
    let at = end - this.#fromEnd;
    if (at < start || bytes[at] !== 0x7b || bytes[at + 2] !== 0x6e || bytes[at + 4] !== 0x3a) {
      at = bytes.indexOf(MARK, start);
      if (at < 0 || at >= end)
        return this.fail(`a message without payload: ${bytes.toString('latin1', start, Math.min(end, start + 120))}`);
      this.#fromEnd = end - at;
    }
    const n = digits(bytes, at + N_AT, N_DIGITS);
    const last = connection.lastN;
    if (last !== 0 && (this.exact ? n !== last + 1 : n <= last)) {
      this.fail(`connection ${connection.index}: ${n} came after ${last}`);
    }
    connection.lastN = n;
    this.received++;
    if (this.latency) {
      if (this.#now === 0) this.#now = nowMicros();
      const micros = this.#now - digits(bytes, at + T_AT, T_DIGITS);
      this.latency[Math.min(this.latency.length - 1, Math.max(0, Math.floor(micros / BUCKET_MICROS)))]++;
    }
  }

  readDone() {
    this.#now = 0;
    if (this.#waiting.length > 0 && this.received >= this.#waiting[0].total) this.#waiting.shift().resolve();
  }

  /** Resolves when `total` messages were received since the beginning, or something failed. */
  async until(total) {
    if (this.received < total && this.failures.length === 0)
      await new Promise((resolve) => this.#waiting.push({ total, resolve }));
    return nowMicros();
  }

  beginLatency() {
    this.latency = new Uint32Array(1_000_000);
  }

  percentiles(...wanted) {
    const total = this.latency.reduce((sum, count) => sum + count, 0);
    return wanted.map((part) => {
      let left = Math.ceil(total * part);
      let bucket = 0;
      while (left > this.latency[bucket]) left -= this.latency[bucket++];
      return ((bucket + 0.5) * BUCKET_MICROS) / 1000;
    });
  }
}

function digits(bytes, at, count) {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + bytes[i] - 48;
  return value;
}
