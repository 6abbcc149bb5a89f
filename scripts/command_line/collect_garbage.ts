import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A run of `detect` keeps about 40 MB alive. */
const MOST_HEAP_BYTES = 70_000_000;

/**
 * Left alone, V8 lets the garbage of a long run grow to several times what is alive, the more the larger the machine.
 *
 * @returns a function to call now and then: it collects garbage when the heap has grown beyond 70 MB
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    if (getHeapStatistics().used_heap_size > MOST_HEAP_BYTES) collect();
  };
}
