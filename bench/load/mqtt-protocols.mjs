// MQTT 3.1.1 as a client speaks it: QoS 1, each message acknowledged at once, all of one read in one write.
const CONNACK = 2;
const PUBLISH = 3;
const SUBACK = 9;

function mqtt(checks, { device, filter }) {
  return {
    path: () => '',
    opened(connection) {
      connection.acks = [];
      connection.socket.write(
        packet(0x10, [
          text('MQTT'),
          Buffer.from([4, 0xc2, 0, 0]),
          text(device(connection)),
          text(connection.user),
          text(connection.user),
        ]),
      );
    },
    bytes(connection, bytes) {
      let start = 0;
      for (;;) {
        const head = lengthAt(bytes, start + 1);
        if (head === undefined || head.at + head.value > bytes.length) break;
        const end = head.at + head.value;
        const type = bytes[start] >> 4;
        if (type === PUBLISH) publish(connection, bytes, head.at, end);
        else if (type === CONNACK) {
          if (bytes[head.at + 1] !== 0)
            checks.fail(`connection ${connection.index}: refused with ${bytes[head.at + 1]}`);
          connection.socket.write(packet(0x82, [Buffer.from([0, 1]), text(filter(connection)), Buffer.from([1])]));
        } else if (type === SUBACK) {
          if (bytes[end - 1] !== 1)
            checks.fail(`connection ${connection.index}: subscription refused with ${bytes[end - 1]}`);
          connection.becomeReady();
        } else checks.fail(`connection ${connection.index}: packet of type ${type}`);
        start = end;
      }
      if (connection.acks.length > 0) {
        connection.socket.write(Buffer.from(connection.acks));
        connection.acks = [];
      }
      return start;
    },
    readDone: () => checks.readDone(),
  };

  function publish(connection, bytes, at, end) {
    const body = at + 2 + bytes.readUInt16BE(at);
    connection.acks.push(0x40, 2, bytes[body], bytes[body + 1]);
    checks.message(connection, bytes, body + 2, end);
  }
}

const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function packet(first, parts) {
  const body = Buffer.concat(parts);
  if (body.length > 127) throw new Error('the generator sends small packets only');
  return Buffer.concat([Buffer.from([first, body.length]), body]);
}

/** The remaining length, or undefined while it is not all there. */
function lengthAt(bytes, at) {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    if (at + i >= bytes.length) return undefined;
    value += (bytes[at + i] & 127) << (7 * i);
    if (bytes[at + i] < 128) return { value, at: at + i + 1 };
  }
  return undefined;
}

export const oursMqtt = (checks, { stream }) =>
  mqtt(checks, { device: () => 'd1', filter: () => (stream === '@me' ? 'me' : `t/${stream}`) });

export const brokerMqtt = (checks, { stream }) =>
  mqtt(checks, {
    device: (connection) => connection.user,
    filter: (connection) => (stream === '@me' ? `u/${connection.user}` : stream),
  });
