import type { Clock } from 'push-core';

interface Known<T> {
  readonly value: T;
  /** On the clock of `elapsed`. */
  readonly until: number;
}

/**
 * Answers that were found, for a while. What is not there is asked for every time; who asks for the same at the same time
 * shares one question. What was forgotten while it was being asked for is not remembered.
 */
export class Remembered<T> {
  private readonly known = new Map<string, Known<T>>();
  private readonly asking = new Map<string, Promise<T | undefined>>();

  constructor(
    private readonly ask: (id: string) => Promise<T | undefined>,
    private readonly settings: { readonly forMs: number; readonly most: number; readonly clock: Clock },
  ) {}

  get(id: string): Promise<T | undefined> {
    const found = this.known.get(id);
    if (found && this.settings.clock.elapsed() < found.until) return Promise.resolve(found.value);
    const underWay = this.asking.get(id);
    if (underWay) return underWay;
    const question = this.ask(id)
      .then((value) => {
        if (value !== undefined && this.asking.get(id) === question) this.keep(id, value);
        return value;
      })
      .finally(() => {
        if (this.asking.get(id) === question) this.asking.delete(id);
      });
    this.asking.set(id, question);
    return question;
  }

  forget(id: string): void {
    this.known.delete(id);
    this.asking.delete(id);
  }

  private keep(id: string, value: T): void {
    this.known.delete(id);
    this.known.set(id, { value, until: this.settings.clock.elapsed() + this.settings.forMs });
    const [oldest] = this.known.size > this.settings.most ? this.known.keys() : [];
    if (oldest !== undefined) this.known.delete(oldest);
  }
}
