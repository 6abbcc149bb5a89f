export type BackgroundWork = 'training' | 'backfill';

/** Places for background work of one Kibana. What finds none comes again later, and blocks no worker of Task Manager. */
export class BackgroundSlots {
  private readonly taken: Record<BackgroundWork, number> = { training: 0, backfill: 0 };

  constructor(private readonly places: Readonly<Record<BackgroundWork, number>>) {}

  /** @returns what gives the place back, to be called once; undefined where none is free */
  take(kind: BackgroundWork): (() => void) | undefined {
    if (this.taken[kind] >= this.places[kind]) return undefined;
    this.taken[kind] += 1;
    return () => {
      this.taken[kind] -= 1;
    };
  }
}
