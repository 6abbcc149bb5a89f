import type { LogPage } from '../ports';
import type {
  Closing,
  CountingPlace,
  CountingRun,
  PatternProgress,
  RunPatterns,
  TellChanges,
} from '../ports/patterns';
import { withSilence } from './bucket_counts';
import { patternsOfRun, type PatternCounter, type PatternCounterOptions } from './count_patterns';
import { countedPast, isAtWork, ofPast, type IsOfPast } from './counting_record';

export interface LivePatternOptions extends PatternCounterOptions {
  readonly place: CountingPlace;
}

/** @returns undefined for a detector that counts no patterns */
export function livePatternsOf(options: LivePatternOptions): RunPatterns | undefined {
  const counter = patternsOfRun(options);
  return counter && new LivePatterns(options, counter);
}

/**
 * Patterns of the runs of a detector, beside backfills that count those of the past: each log is counted by one of them, and a
 * bucket is judged after those before it. While a backfill is at work runs count and do not judge; then they go on from what it has
 * judged.
 */
class LivePatterns implements RunPatterns {
  private from = 0;
  private isOfPast: IsOfPast | undefined;

  constructor(
    private readonly options: LivePatternOptions,
    private readonly counter: PatternCounter,
  ) {}

  /** Times of indexing are asked for as long as logs may be those of a backfill. */
  public get fields(): readonly string[] {
    const { liveFrom = Infinity } = this.counter.current();
    const { ingested_field: arrived } = this.options.detector.source;
    return this.from < liveFrom ? [...this.counter.fields, arrived] : this.counter.fields;
  }

  public resume(progress: unknown, from: number): void {
    this.from = from;
    this.counter.resume(progress, from);
  }

  public progress(): PatternProgress | undefined {
    return this.counter.progress();
  }

  public judgedTo(): number | undefined {
    return this.counter.judgedTo();
  }

  public count(page: LogPage, run: CountingRun): Promise<void> {
    return this.counter.ifAllowed(async () => {
      await this.begin();
      await this.counter.add(page, run, this.rowsOf(page, run));
    });
  }

  public async finish(
    reached: number | undefined,
    commit: Closing['commit'],
    tell: TellChanges,
  ): Promise<void> {
    await this.counter.finish(reached, commit, tell, () => this.mayJudge(commit));
  }

  /** Rows of a page that no backfill counts; undefined: all. */
  private rowsOf(page: LogPage, run: CountingRun): number[] | undefined {
    const { liveFrom = -Infinity } = this.counter.current();
    if (this.from >= liveFrom) return undefined;
    const isOfPast = (this.isOfPast ??= ofPast(this.options.detector, liveFrom));
    return page.logs.flatMap(({ document }, row) =>
      isOfPast(document, this.counter.timeOf(page, run, row)) ? [] : [row],
    );
  }

  /** Puts on record from when on logs are counted: what a backfill has counted, or is about to, is left to it. */
  private async begin(): Promise<void> {
    const { liveFrom, since } = this.counter.current();
    if (liveFrom !== undefined) return;
    const { place, store, now } = this.options;
    const known = await place.read();
    // Versions that kept no record have counted since the first log of a pattern.
    const isNew = known.liveFrom === undefined && known.backfill === undefined;
    const earliest = isNew ? (await store.load()).map(({ firstSeen }) => firstSeen) : [];
    const from = Math.min(Math.max(this.from, since), ...earliest);
    const record = await place.change((before) => {
      if (before.liveFrom !== undefined) return before;
      const { backfill } = before;
      const ends = countedPast(before).map(({ to }) => to);
      const until = backfill !== undefined && isAtWork(backfill, now()) ? [backfill.until] : [];
      return { ...before, liveFrom: Math.max(from, ...ends, ...until) };
    });
    this.counter.note({ liveFrom: record.liveFrom });
  }

  private async mayJudge(commit: Closing['commit']): Promise<boolean> {
    const { place, now } = this.options;
    await this.begin();
    const record = await place.read();
    const { backfill } = record;
    if (backfill === undefined || backfill.isTakenOver === true) return true;
    if (isAtWork(backfill, now())) return false;
    if (backfill.progress !== undefined) {
      const { liveFrom = this.from } = this.counter.current();
      this.counter.goOn(backfill.progress, liveFrom);
      this.passOver(
        Math.max(...countedPast(record).map(({ to }) => to), backfill.progress.judgedTo),
        liveFrom,
      );
    }
    await commit();
    const after = await place.change((before) =>
      before.backfill?.by !== backfill.by || isAtWork(before.backfill, now())
        ? before
        : { ...before, backfill: { ...before.backfill, at: undefined, isTakenOver: true } },
    );
    return after.backfill?.isTakenOver === true;
  }

  /** Of the time that neither a backfill nor a run has counted nothing is known. */
  private passOver(from: number, liveFrom: number): void {
    const { span } = this.counter;
    const { judgedTo, silences } = this.counter.current();
    const [begin, end] = [Math.ceil(from / span) * span, Math.floor(liveFrom / span) * span];
    // Buckets that are counted and not judged come first.
    if (judgedTo < Math.floor(from / span) * span || begin >= end) return;
    this.counter.note({
      judgedTo: end,
      silences: withSilence(silences, { from: begin, to: end, isUncounted: true }),
    });
  }
}
