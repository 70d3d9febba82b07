import { describe, expect, it } from '@jest/globals';
import { nodeKey, workNames } from './names.js';
import { hintQueue } from './topology.js';

const PREFIX = 'p'.repeat(64);
const ODD = ['', 'a', 'a.b', 'a.#', 'a.*', '*', '#', 'a b', 'a\nb', 'ä', '👍', '~', '~2e~', 'a~2e~b', 'x'.repeat(128)];

describe('names at the broker', () => {
  it('give every node a key of its own that means nothing to the broker', () => {
    const keys = [...ODD, '👍'.repeat(64), `${'👍'.repeat(64)}x`].map(nodeKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[\w~-]*$/);
  });

  it('fit what AMQP allows, whatever the node is called', () => {
    for (const node of [...ODD, '👍'.repeat(500)]) {
      const { queue } = hintQueue(PREFIX, node, '0'.repeat(36));
      expect(Buffer.byteLength(queue)).toBeLessThanOrEqual(255);
    }
  });

  it('are those of the contract for work', () => {
    expect(workNames('push.', 'publish')).toEqual({ work: 'push.publish', dead: 'push.publish.dead' });
  });

  it.each(['', 'x'.repeat(250), 'publish.dead'])('refuse %p as a queue', (queue) => {
    expect(() => workNames('push.', queue)).toThrow(expect.objectContaining({ code: 'INVALID', field: 'queue' }));
  });

  it('refuse what the broker keeps for itself', () => {
    expect(() => workNames('', 'amq.gen')).toThrow(expect.objectContaining({ code: 'INVALID', field: 'queue' }));
  });
});
