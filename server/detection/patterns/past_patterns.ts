import { HOUR } from '../../../common/duration';
import type { Span } from '../../../common/patterns';
import type { LogPage } from '../ports';
import type {
  Closing,
  CountingPlace,
  CountingRecord,
  CountingRun,
  JudgedProgress,
  PastCounting,
  PatternProgress,
  RunPatterns,
  TellChanges,
} from '../ports/patterns';
import { withSilence } from './bucket_counts';
import { MOST_CELLS, patternsOfRun, type PatternCounter, type PatternCounterOptions } from './count_patterns';
import { countedPast, ofPast, unionOf } from './counting_record';
import { begunAt } from './what_is_counted';

/** Buckets without a new pattern are judged together, those of a quarter of a day at most. */
const JUDGED_TOGETHER = 6 * HOUR;
/** Interval at which a backfill says that it is at work. */
const SAID_EVERY = 60_000;

export interface PastPatternOptions extends Omit<PatternCounterOptions, 'isPast'> {
  readonly place: CountingPlace;
  /** Id of the backfill. */
  readonly by: string;
  /** Logs of this time are read, in its order. */
  readonly range: Span;
}

/** @returns undefined for a detector that counts no patterns */
export function pastPatternsOf(options: PastPatternOptions): RunPatterns | undefined {
  const counter = patternsOfRun({ ...options, isPast: true });
  return counter && new PastPatterns(options, counter);
}

/**
 * Patterns of a backfill: those of logs that arrived before the runs of the detector began to count, and that no other backfill has
 * counted. Buckets are judged in their order as soon as a later log is read, so it makes no difference in how many pieces the past
 * is read.
 */
class PastPatterns implements RunPatterns {
  private stored: PatternProgress | undefined;
  /** Absent until it is on record. */
  private isCounted: ((page: LogPage, run: CountingRun, row: number) => boolean) | undefined;
  private isIdle = false;
  private saidAt = 0;

  constructor(
    private readonly options: PastPatternOptions,
    private readonly counter: PatternCounter,
  ) {}

  public get fields(): readonly string[] {
    return [...this.counter.fields, this.options.detector.source.ingested_field];
  }

  public resume(progress: unknown): void {
    this.stored = progress as PatternProgress | undefined;
    this.counter.resume(progress, this.options.range.from);
  }

  public progress(): PatternProgress | undefined {
    return this.counter.progress();
  }

  public judgedTo(): number | undefined {
    return this.counter.judgedTo();
  }

  public count(page: LogPage, run: CountingRun, closing: Closing): Promise<void> {
    return this.counter.ifAllowed(async () => {
      const isCounted = await this.opened();
      let rows: number[] = [];
      let open = this.counter.current().open.lastBucket;
      for (let row = 0; row < page.logs.length; row++) {
        if (!isCounted(page, run, row)) continue;
        const bucket = this.bucketOf(this.counter.timeOf(page, run, row));
        if (open !== undefined && bucket > open) {
          await this.counter.add(page, run, rows);
          rows = [];
          if (this.isToBeClosed(open, bucket)) await this.close(bucket, closing);
        }
        rows.push(row);
        open = Math.max(bucket, open ?? -Infinity);
      }
      await this.counter.add(page, run, rows);
      if (this.options.now() - this.saidAt >= SAID_EVERY) await this.say();
    });
  }

  public finish(reached: number | undefined, commit: Closing['commit'], tell: TellChanges): Promise<void> {
    return this.counter.ifAllowed(async () => {
      const { countedTo = -Infinity, sealed } = this.stored ?? {};
      if (reached === undefined || (countedTo >= reached && sealed === undefined)) return;
      await this.opened();
      if (this.isIdle) return;
      const record = await this.options.place.read();
      // Another backfill may have counted a later time, which is judged after this one.
      const end = Math.max(reached, ...countedPast(record).map(({ to }) => to));
      await this.close(this.bucketOf(end), { commit, tell });
      this.counter.note({ countedTo: reached });
      await this.counter.storeCounts(commit);
      await commit();
      await this.say(true);
    });
  }

  private bucketOf(time: number): number {
    const { span } = this.counter;
    return Math.floor(time / span) * span;
  }

  /** By the logs before alone: the same in whatever pieces they are read. */
  private isToBeClosed(last: number, next: number): boolean {
    const { open } = this.counter.current();
    const quarterOf = (bucket: number): number => Math.floor(bucket / JUDGED_TOGETHER);
    return open.hasFresh || quarterOf(next) > quarterOf(last) || open.trimmedCount() >= MOST_CELLS;
  }

  /** Stores and judges all buckets before one. Logs in them that are read again, after a run that died, are counted already. */
  private async close(before: number, closing: Closing): Promise<void> {
    const { counter } = this;
    counter.note({ countedTo: Math.min(before, this.options.range.to) });
    await counter.storeCounts(closing.commit);
    while (counter.current().judgedTo < before) {
      await counter.judgeUpTo(before, closing);
      await closing.commit();
    }
    await this.say();
  }

  /** Puts the backfill on record, and goes on from what was judged before. */
  private async opened(): Promise<NonNullable<PastPatterns['isCounted']>> {
    if (this.isCounted !== undefined) return this.isCounted;
    const { place, detector } = this.options;
    if (this.isNothingToCount(await place.read())) {
      this.isIdle = true;
      return (this.isCounted = () => false);
    }
    let before: CountingRecord = {};
    const record = await place.change((found) => this.claimed((before = found)));
    await this.beginFrom(record, before.backfill);
    await this.say();
    const { past = [], liveFrom } = record;
    const isOfPast = ofPast(detector, liveFrom);
    return (this.isCounted = (page, run, row) => {
      const time = this.counter.timeOf(page, run, row);
      const { countedTo = -Infinity } = this.counter.current();
      return (
        this.bucketOf(time) >= countedTo &&
        isOfPast(page.logs[row].document, time) &&
        !past.some(({ from, to }) => time >= from && time < to)
      );
    });
  }

  /** Says of a range that the runs of the detector and other backfills have counted all of it. */
  private isNothingToCount(record: CountingRecord): boolean {
    const { by, range } = this.options;
    if (record.backfill?.by === by) return false;
    const end = Math.min(range.to, record.liveFrom ?? Infinity);
    return range.from >= end || countedPast(record).some(({ from, to }) => from <= range.from && to >= end);
  }

  private claimed({ past = [], backfill, ...record }: CountingRecord): CountingRecord {
    const { by, now, range } = this.options;
    const isMine = backfill?.by === by;
    const own: PastCounting = {
      by,
      counted: isMine ? backfill.counted : { from: range.from, to: range.from },
      until: range.to,
      ...(backfill?.isTakenOver !== true && { progress: backfill?.progress }),
      sequence: backfill?.sequence,
      at: now(),
    };
    return {
      ...record,
      past: isMine || backfill === undefined ? past : unionOf([...past, backfill.counted]),
      backfill: own,
    };
  }

  /** Has all that was counted judged once more, in its order, where a later time was judged already. */
  private async beginFrom(
    { past = [], backfill }: CountingRecord,
    before: CountingRecord['backfill'],
  ): Promise<void> {
    const { counter, stored } = this;
    const { by, range, store, detector } = this.options;
    const { progress, counted, sequence = 0 } = backfill as PastCounting;
    const isMine = before?.by === by;
    if (stored !== undefined && isMine && progress !== undefined) return;
    const isCounted = stored === undefined && isMine && counted.to > counted.from;
    const begun = stored ?? counter.begin(range.from);
    const own: PatternProgress = {
      ...begun,
      sequence: Math.max(begun.sequence, sequence),
      ...(isCounted && { countedTo: this.bucketOf(counted.to) }),
      hasPast: true,
    };
    const next = this.bucketOf(own.countedTo ?? range.from);
    if (progress !== undefined && progress.judgedTo <= next) {
      const ends = past.map(({ to }) => to);
      counter.resume({ ...own, ...this.passOver(progress, Math.max(-Infinity, ...ends), next) }, next);
      return;
    }
    const patterns = await store.load();
    const since = this.bucketOf(Math.min(range.from, ...past.map(({ from }) => from)));
    if (patterns.some(({ judged }) => judged !== undefined))
      await store.put(patterns.map((pattern) => begunAt(pattern, { since, zone: detector.time_zone })));
    counter.resume({ ...own, since, judgedTo: since, arrivals: [], silences: [] }, since);
  }

  /** Of the time between two backfills nothing is known. */
  private passOver(progress: JudgedProgress, counted: number, next: number): JudgedProgress {
    const { span } = this.counter;
    const from = Math.ceil(Math.max(counted, progress.judgedTo) / span) * span;
    if (from >= next) return progress;
    const silence = { from, to: next, isUncounted: true as const };
    return { ...progress, judgedTo: next, silences: withSilence(progress.silences, silence) };
  }

  /** Says how far it is, for the runs of the detector and other backfills. */
  private async say(isOver = false): Promise<void> {
    const { place, by, range, now } = this.options;
    const { since, judgedTo, arrivals, silences, counted, span, sequence, countedTo } =
      this.counter.current();
    const to = Math.max(range.from, countedTo ?? range.from);
    const own: PastCounting = {
      by,
      counted: { from: range.from, to },
      until: range.to,
      progress: { since, judgedTo, arrivals, silences, counted, span },
      sequence,
      ...(!isOver && { at: now() }),
    };
    this.saidAt = now();
    const record = await place.change((before) =>
      before.backfill?.by !== by || before.backfill.isTakenOver === true
        ? before
        : { ...before, backfill: own },
    );
    // A backfill that was silent for too long goes on from what others have judged meanwhile.
    if (record.backfill?.by !== by || record.backfill.isTakenOver === true) {
      this.stored = this.counter.progress();
      this.isCounted = undefined;
    }
  }
}
