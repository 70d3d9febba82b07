import type { ServerFrame } from '../../wire.js';
import type { Client } from './client.js';
import type { Part } from './codec.js';

/** What the core sends to a client that has its CONNACK, as packets for its socket. */
export function passPart(client: Client, part: Part, out: Buffer[]): void {
  switch (part.kind) {
    case 'run':
      return client.deliveries.offer(part, out);
    case 'hole':
      return client.deliveries.hole(part.stream, part.from, part.to);
    case 'event':
      return client.events.offer(part.bytes, part.isVolatile, out);
    case 'notice':
      return heed(client, part.frame);
  }
}

/** Streams that begin and end, and answers to what was asked. */
function heed({ deliveries, subscriptions }: Client, frame: ServerFrame): void {
  switch (frame.op) {
    case 'followed':
      return deliveries.begin(frame.s, frame);
    case 'unfollowed':
      subscriptions.topics.delete(frame.s);
      return deliveries.leave(frame.s);
    case 'ok': {
      const { id = 0, epoch = '', from = 0 } = frame;
      const done = subscriptions.done(id);
      if (done?.what === 'follow') deliveries.begin(done.topic, { epoch, from });
      else if (done) deliveries.leave(done.topic);
      return;
    }
    case 'error':
      if (frame.id !== undefined) subscriptions.failed(frame.id, frame.code, frame.message);
      return;
    default:
      return;
  }
}
