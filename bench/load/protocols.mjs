// What each contender's client says and hears. `hello` returns true where the server speaks next and `ready` follows;
// `message` gets every message after the upgrade.

/** ws and µWebSockets: the payload is the message; the first one says that the server knows this user. */
export function plain(checks) {
  return {
    path: (path, user) => `${path}?token=${user}`,
    opened() {},
    message(connection, bytes, start, end) {
      if (connection.ready) checks.message(connection, bytes, start, end);
      else connection.becomeReady();
    },
    readDone: () => checks.readDone(),
  };
}

/** Socket.IO 4 over Engine.IO 4, as its own client speaks it; an event that asks for an acknowledgement gets it at once. */
export function socketio(checks) {
  return {
    path: (path) => path,
    opened() {},
    message(connection, bytes, start, end) {
      if (bytes[start] === 0x32) return connection.sendText('3'); // ping
      if (bytes[start] === 0x30) return connection.sendText(`40{"token":"${connection.user}"}`); // engine open
      if (bytes[start] !== 0x34) return checks.fail(`engine.io packet ${String.fromCharCode(bytes[start])}`);
      if (bytes[start + 1] === 0x30) return connection.becomeReady();
      if (bytes[start + 1] !== 0x32)
        return checks.fail(`socket.io packet ${bytes.toString('latin1', start, Math.min(end, start + 100))}`);
      checks.message(connection, bytes, start, end);
      let id = '';
      for (let at = start + 2; bytes[at] !== 0x5b; at++) id += String.fromCharCode(bytes[at]);
      if (id !== '') connection.sendText(`43${id}[]`);
    },
    readDone: () => checks.readDone(),
  };
}

/** Ours over Socket.IO: the namespace `/push`, event `push`; whatever else comes first says that it is connected. */
export function oursSocketio(checks) {
  return {
    path: (path) => path,
    opened() {},
    message(connection, bytes, start, end) {
      if (bytes[start] === 0x32) return connection.sendText('3'); // ping
      if (bytes[start] === 0x30) return connection.sendText(`40/push,{"token":"${connection.user}","device":"d1"}`);
      const head = bytes.toString('latin1', start, Math.min(end, start + 40));
      const event = /^42\/push,(\d*)\["(\w+)"/.exec(head);
      if (event?.[2] === 'connected') return connection.becomeReady();
      if (event?.[2] !== 'push') return head.startsWith('40/push') ? undefined : checks.fail(head);
      checks.message(connection, bytes, start, end);
      connection.sendText(`43/push,${event[1]}[]`);
    },
    readDone: () => checks.readDone(),
  };
}

/**
 * push.v1.json. Every line of a frame is one entry; besides `n`, `seq` must be the next of its stream. One acknowledgement covers all
 * that is unacknowledged when it is due: at the end of the read (`ackDelayMs` 0), or on the connection's own beat within `ackDelayMs`,
 * sooner when half the window is used up.
 */
export function ours(checks, { stream, window, ackDelayMs }) {
  const prefix = Buffer.from(`{"op":"push","s":"${stream}","seq":`);
  const ackHead = `{"op":"ack","s":"${stream}","seq":`;
  const stride = 10;
  const slots = Array.from({ length: Math.max(1, Math.round(ackDelayMs / stride)) }, () => []);
  const half = window >> 1;
  let lineBytes = 0;
  let turn = 0;
  if (ackDelayMs > 0) {
    setInterval(() => {
      turn = (turn + 1) % slots.length;
      const due = slots[turn];
      slots[turn] = [];
      for (const connection of due) {
        connection.dirty = false;
        acknowledge(connection);
      }
    }, stride).unref();
  }

  function acknowledge(connection) {
    if (connection.acknowledged === connection.seq || connection.closed) return;
    connection.acknowledged = connection.seq;
    connection.sendText(`${ackHead}${connection.seq}}`);
  }

  function entry(connection, bytes, start, end) {
    let at = start + prefix.length;
    let seq = 0;
    if (bytes[at - 1] === 0x3a && bytes[start + 7] === 0x70 && bytes[start + 8] === 0x75) {
      for (let digit = bytes[at] - 48; digit >= 0 && digit <= 9; digit = bytes[++at] - 48) seq = seq * 10 + digit;
    } else seq = other(connection, bytes.toString('utf8', start, end));
    if (seq === 0) return;
    if (seq <= connection.seq) return void checks.duplicates++;
    if (connection.seq !== 0 && seq !== connection.seq + 1)
      checks.fail(`connection ${connection.index}: seq ${seq} came after ${connection.seq}`);
    connection.seq = seq;
    checks.message(connection, bytes, start, end);
  }

  /** Anything but an entry of the stream measured. Returns the `seq` of one that is written differently. */
  function other(connection, line) {
    const frame = JSON.parse(line);
    if (frame.op === 'push' && frame.s === stream) return frame.seq;
    if (frame.op === 'connected') connection.becomeReady();
    else if (frame.op !== 'pong' && frame.op !== 'followed')
      checks.fail(`connection ${connection.index}: ${line.slice(0, 200)}`);
    return 0;
  }

  return {
    subprotocol: 'push.v1.json',
    path: (path) => path,
    opened: (connection) => {
      connection.seq = connection.acknowledged = 0;
      connection.dirty = false;
      connection.sendText(JSON.stringify({ op: 'connect', token: connection.user, device: 'd1', window }));
    },
    message(connection, bytes, start, end) {
      while (start < end) {
        // Lines are mostly as long as the one before. A guess that jumps over a line is seen by `seq`.
        let stop = start + lineBytes;
        if (stop > end || (stop < end && bytes[stop] !== 0x0a) || lineBytes === 0) {
          stop = bytes.indexOf(0x0a, start);
          if (stop < 0 || stop > end) stop = end;
          lineBytes = stop - start;
        }
        if (stop > start) entry(connection, bytes, start, stop);
        start = stop + 1;
      }
    },
    readDone(connection) {
      checks.readDone();
      const open = connection.seq - connection.acknowledged;
      if (!(open > 0)) return;
      if (ackDelayMs === 0 || open >= half) return acknowledge(connection);
      if (connection.dirty) return;
      connection.dirty = true;
      slots[connection.index % slots.length].push(connection);
    },
  };
}
