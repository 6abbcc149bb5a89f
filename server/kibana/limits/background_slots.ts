export type BackgroundWork = 'training' | 'backfill';

/** Work that found no place, and asks again. */
interface Waiting {
  /** Milliseconds of the clock that is given. */
  readonly askedAt: number;
  readonly wake: () => void;
}

/** Work that has not asked again for so long is done elsewhere, by another Kibana. */
const FORGOTTEN_AFTER_MILLISECONDS = 25_000;

/**
 * Places for background work of one Kibana. What finds none comes again later, and blocks no worker of Task Manager; what
 * asked first is first to find one.
 */
export class BackgroundSlots {
  private readonly taken: Record<BackgroundWork, number> = { training: 0, backfill: 0 };
  private readonly waiting: Record<BackgroundWork, Map<string, Waiting>> = {
    training: new Map(),
    backfill: new Map(),
  };

  /** @param now milliseconds of a clock that goes on evenly */
  constructor(
    private readonly places: Readonly<Record<BackgroundWork, number>>,
    private readonly now: () => number,
  ) {}

  /**
   * @param who names the work; it is the same when it asks again
   * @param wake called once a place is free and this is the next: it may ask again sooner then
   * @returns what gives the place back, to be called once; undefined where none is free, or others have waited longer
   */
  take(kind: BackgroundWork, who: string, wake: () => void = () => {}): (() => void) | undefined {
    const waiting = this.waiting[kind];
    for (const [name, { askedAt }] of waiting) {
      if (name !== who && this.now() - askedAt > FORGOTTEN_AFTER_MILLISECONDS) waiting.delete(name);
    }
    const before = waiting.has(who) ? [...waiting.keys()].indexOf(who) : waiting.size;
    if (this.taken[kind] + before >= this.places[kind]) {
      waiting.set(who, { askedAt: this.now(), wake });
      return undefined;
    }
    waiting.delete(who);
    this.taken[kind] += 1;
    return () => {
      this.taken[kind] -= 1;
      const [next] = waiting.values();
      next?.wake();
    };
  }
}
