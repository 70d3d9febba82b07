// The load generator: a process of its own, on a core of its own, with the same client for every contender.
import { answer } from '../lib/answers.mjs';
import { Checks } from './checks.mjs';
import { ByteConnection } from './byte-connection.mjs';
import { Connection } from './connection.mjs';
import * as plainProtocols from './protocols.mjs';
import * as mqttProtocols from './mqtt-protocols.mjs';
import * as sseProtocols from './sse-protocols.mjs';

const OPENING_AT_ONCE = 50;
const protocols = { ...plainProtocols, ...mqttProtocols, ...sseProtocols };
const checks = new Checks();
const connections = [];
let protocol;

answer({
  /** Opens connections up to `to` in all, over `ports` in turn; `speak` names the protocol of the first call. */
  async open({ speak, port, ports = [port], path, to, exact = true, ...options }) {
    checks.exact = exact;
    protocol ??= protocols[speak](checks, options);
    let next = connections.length;
    connections.length = to;
    const worker = async () => {
      while (next < to) {
        const index = next++;
        connections[index] = await connect(index, ports[index % ports.length], path);
      }
    };
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, worker));
    return report();
  },

  /** Answers when `total` messages have arrived since the process began. */
  async until({ total }) {
    const at = await checks.until(total);
    return { at, ...report() };
  },

  latencyBegin: () => checks.beginLatency(),
  latencyEnd() {
    const [p50, p99, worst] = checks.percentiles(0.5, 0.99, 1);
    return { p50, p99, worst };
  },
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { user, system };
  },
  report,
});

function report() {
  if (checks.failures.length > 0)
    throw new Error(`what arrived is not right: ${checks.failures.slice(0, 3).join(' | ')}`);
  return { received: checks.received, duplicates: checks.duplicates };
}

function connect(index, port, path) {
  return new Promise((resolve, reject) => {
    const user = `u${index}`;
    const Kind = protocol.bytes ? ByteConnection : Connection;
    const connection = new Kind({
      port,
      path: protocol.path(path, user),
      subprotocol: protocol.subprotocol,
      index,
      protocol: {
        ...protocol,
        broken(broken, why) {
          if (!broken.ready) reject(new Error(`connection ${index}: ${why}`));
          checks.fail(`connection ${index}: ${why}`);
        },
      },
    });
    connection.user = user;
    connection.ready = false;
    connection.lastN = 0;
    connection.becomeReady = () => {
      connection.ready = true;
      resolve(connection);
    };
  });
}
