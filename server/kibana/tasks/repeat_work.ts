/**
 * Repeats a piece of work beside another one. What fails is tried again with the next turn.
 *
 * @param every milliseconds from one turn to the next
 * @returns `stop` ends it and waits for turns that have begun: nothing is done after it
 */
export function repeatWork(work: () => Promise<void>, every: number): { readonly stop: () => Promise<void> } {
  const turns = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const turn = work()
      .catch(() => undefined)
      .finally(() => turns.delete(turn));
    turns.add(turn);
  }, every);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(turns);
    },
  };
}
