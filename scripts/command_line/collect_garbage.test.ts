import { garbageCollector, type Heap } from './collect_garbage';

const MEGABYTE = 1_000_000;

/** Each step of a run leaves garbage; @returns how often it was collected, and the largest heap in megabytes */
function run({ alive, garbage, steps }: { alive: number; garbage: number; steps: number }) {
  let used = alive * MEGABYTE;
  let collections = 0;
  let largest = 0;
  const heap: Heap = {
    used: () => used,
    collect: () => {
      collections++;
      used = alive * MEGABYTE;
    },
  };
  const collect = garbageCollector(heap);
  for (let step = 0; step < steps; step++) {
    used += garbage * MEGABYTE;
    largest = Math.max(largest, used / MEGABYTE);
    collect();
  }
  return { collections, largest };
}

test('a heap that keeps little alive stays near 70 MB', () => {
  const { collections, largest } = run({ alive: 40, garbage: 4, steps: 80 });
  expect(largest).toBeLessThanOrEqual(74);
  expect(collections).toBe(10);
});

test('a heap that keeps more alive than that is not collected on each call', () => {
  const { collections, largest } = run({ alive: 100, garbage: 4, steps: 160 });
  // The first call does not know yet.
  expect(collections).toBe(1 + Math.floor(159 / 16));
  expect(largest).toBeLessThanOrEqual(164);
});
