import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A run of `detect` keeps about 40 MB alive. */
const MOST_HEAP_BYTES = 70_000_000;
/** Growth beyond what is alive. Collecting on each call would cost more than the run where 70 MB are alive. */
const MOST_GROWTH = 1.6;

/** Heap of this process: its size in bytes, and a way to collect all garbage in it. */
export interface Heap {
  used(): number;
  collect(): void;
}

/**
 * Left alone, V8 lets the garbage of a long run grow to several times what is alive, the more the larger the machine.
 *
 * @returns a function to call now and then: it collects garbage when the heap has grown beyond 70 MB, and beyond 1.6 times
 * what was alive after the last time
 */
export function garbageCollector(heap: Heap = heapOfThisProcess()): () => void {
  let alive = 0;
  return () => {
    if (heap.used() <= Math.max(MOST_HEAP_BYTES, alive * MOST_GROWTH)) return;
    heap.collect();
    alive = heap.used();
  };
}

function heapOfThisProcess(): Heap {
  setFlagsFromString('--expose-gc');
  return {
    used: () => getHeapStatistics().used_heap_size,
    collect: runInNewContext('gc') as () => void,
  };
}
