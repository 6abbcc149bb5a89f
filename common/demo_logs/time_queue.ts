/** Items in order of their time: a binary heap (Williams 1964). Items of equal time come out in the order they went in. */
export class TimeQueue<Item> {
  private readonly heap: { time: number; order: number; item: Item }[] = [];
  private pushed = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Time of the first item, Infinity when there is none. */
  get nextTime(): number {
    return this.heap.length === 0 ? Infinity : this.heap[0].time;
  }

  push(time: number, item: Item): void {
    const entry = { time, order: this.pushed++, item };
    let position = this.heap.length;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!isBefore(entry, this.heap[parent])) break;
      this.heap[position] = this.heap[parent];
      position = parent;
    }
    this.heap[position] = entry;
  }

  pop(): Item | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.heap.length > 0) {
      let position = 0;
      for (;;) {
        let child = 2 * position + 1;
        if (child >= this.heap.length) break;
        if (child + 1 < this.heap.length && isBefore(this.heap[child + 1], this.heap[child])) child++;
        if (!isBefore(this.heap[child], last)) break;
        this.heap[position] = this.heap[child];
        position = child;
      }
      this.heap[position] = last;
    }
    return first.item;
  }
}

const isBefore = (a: { time: number; order: number }, b: { time: number; order: number }): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);
