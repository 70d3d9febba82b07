/** What waits, by its number: what comes back goes to its old place. A step costs about the same, however long the line. */
export class WorkLine<T extends { readonly number: number }> {
  /** What was taken and came back; the lowest number is at the end. */
  private readonly returned: T[] = [];
  private arrived: T[] = [];
  /** Of `arrived`, so many are gone. */
  private taken = 0;

  get length(): number {
    return this.returned.length + this.arrived.length - this.taken;
  }

  /** Its number is higher than any before. */
  add(one: T): void {
    this.arrived.push(one);
  }

  putBack(one: T): void {
    const place = this.returned.findIndex(({ number }) => number < one.number);
    this.returned.splice(place < 0 ? this.returned.length : place, 0, one);
  }

  next(): T | undefined {
    const back = this.returned.pop();
    if (back !== undefined) return back;
    const one = this.arrived[this.taken];
    if (one === undefined) return undefined;
    this.taken++;
    if (this.taken * 2 > this.arrived.length) {
      this.arrived = this.arrived.slice(this.taken);
      this.taken = 0;
    }
    return one;
  }
}
