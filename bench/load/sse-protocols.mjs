// Server-sent events, read as bytes: an event ends with an empty line; chunk headers between events do not matter, events are
// never divided by the servers measured.
const END = Buffer.from('\n\n');

function sse(checks, isMessage) {
  return {
    path: (path, user) => `${path}?token=${user}&device=d1`,
    opened: (connection) =>
      connection.socket.write(
        `GET ${connection.path} HTTP/1.1\r\nHost: 127.0.0.1:${connection.port}\r\nAccept: text/event-stream\r\n\r\n`,
      ),
    bytes(connection, bytes) {
      let start = 0;
      for (;;) {
        const end = bytes.indexOf(END, start);
        if (end < 0) return start;
        if (isMessage(bytes, start, end)) checks.message(connection, bytes, start, end);
        else if (!connection.ready) {
          if (!bytes.subarray(start, end).includes('HTTP/1.1 200'))
            checks.fail(
              `connection ${connection.index}: ${bytes.toString('latin1', start, Math.min(end, start + 100))}`,
            );
          connection.becomeReady();
        }
        start = end + END.length;
      }
    },
    readDone: () => checks.readDone(),
  };
}

/** `data: {…}` with the payload alone, after one event that says the server is ready. */
export const bareSse = (checks) =>
  sse(checks, (bytes, start, end) => end - start < 220 && bytes.includes('{"n":', start));

/** Ours: `event: push`; anything else tells of the connection. */
export const oursSse = (checks) =>
  sse(checks, (bytes, start, end) => {
    const at = bytes.indexOf('event: push\n', start);
    return at >= 0 && at < end;
  });
