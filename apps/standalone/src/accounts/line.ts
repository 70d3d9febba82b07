/** One after the other, in the order asked for. */
export class Line {
  private last: Promise<unknown> = Promise.resolve();

  alone<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task);
    this.last = turn.catch(() => {});
    return turn;
  }
}
