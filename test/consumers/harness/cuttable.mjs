// A network between a client and a server that can be cut.
import net from 'node:net';

export class CuttableNetwork {
  #target;
  #links = new Set();
  #isCut = false;
  #server = net.createServer((near) => this.#pass(near));

  constructor(target) {
    this.#target = target;
  }

  /** Resolves with the port that leads to the target. */
  async open() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.#server.address().port;
  }

  /** What is connected breaks, what wants to connect is refused. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#links) socket.destroy();
  }

  restore() {
    this.#isCut = false;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(near) {
    if (this.#isCut) return near.destroy();
    const far = net.connect({ port: this.#target, host: 'localhost' });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#links.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#links.delete(one);
        other.destroy();
      });
    }
  }
}
