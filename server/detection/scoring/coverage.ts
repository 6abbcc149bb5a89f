import { MINUTE } from '../../../common/duration';
import type { LogRange, LogSource } from '../ports';
import type { Pass } from './reading_passes';

/** A stretch of one clock that was read to its end. All times in epoch milliseconds. */
export interface ReadSpan {
  readonly by: Pass['by'];
  readonly from: number;
  readonly to: number;
  /** Logs that were read. */
  readonly logs: number;
  /** Times at which it was counted again. */
  readonly looks: number;
}

/** Part of a checkpoint: JSON-safe. */
export interface Coverage {
  /** Oldest first. */
  readonly spans: readonly ReadSpan[];
  /** Logs of the stretch of each clock that a run left unfinished. */
  readonly open?: Partial<Record<Pass['by'], number>>;
}

/** Ages of a span at which its logs are counted again. */
const LOOK_AGES_MILLISECONDS = [MINUTE, 5 * MINUTE, 15 * MINUTE];
/** Shorter spans are joined, so that detectors that run every few seconds count no more often than others. */
const SHORTEST_SPAN_MILLISECONDS = MINUTE;
/** Of each clock: more than the oldest look needs. */
const MOST_SPANS = 40;

/**
 * Compares what a detector has read with what is there. Logs become visible to searches after their place in time was
 * passed when a shard recovers, when an agent's clock is behind, or when they arrive late and carry no time of indexing:
 * they are found by their number.
 */
export class CoverageRecord {
  private spans: ReadSpan[];
  private readonly open: Record<Pass['by'], number>;

  constructor(state: Coverage | undefined) {
    this.spans = [...(state?.spans ?? [])];
    this.open = { ingested: 0, timestamp: 0, ...state?.open };
  }

  /** Notes logs of a page of the stretch that is being read. */
  public note(by: Pass['by'], logs: number): void {
    this.open[by] += logs;
  }

  /** Notes that a stretch was read to its end. */
  public close(by: Pass['by'], { from, to }: LogRange): void {
    const logs = this.open[by];
    this.open[by] = 0;
    const last = [...this.spans].reverse().find((span) => span.by === by);
    const isJoined =
      last !== undefined &&
      last.looks === 0 &&
      last.to === from &&
      to - last.from <= SHORTEST_SPAN_MILLISECONDS;
    if (isJoined) this.replace(last, { ...last, to, logs: last.logs + logs });
    else this.spans.push({ by, from, to, logs, looks: 0 });
    const ofClock = this.spans.filter((span) => span.by === by);
    const dropped = new Set(ofClock.slice(0, Math.max(0, ofClock.length - MOST_SPANS)));
    if (dropped.size > 0) this.spans = this.spans.filter((span) => !dropped.has(span));
  }

  /** Forgets the stretch that is being read: it is read from its beginning again. */
  public restart(by: Pass['by']): void {
    this.open[by] = 0;
  }

  /**
   * Counts the logs of the spans that are due, and gives those in which there are more than were read. Each is taken for
   * read once the next one is asked for.
   *
   * @param pass of the clock: its query selects the logs
   */
  public async *missed(
    source: Pick<LogSource, 'count'>,
    { by, range }: Pass,
    now: number,
  ): AsyncIterable<{ readonly range: LogRange; readonly logs: number }> {
    const field = by === 'timestamp' ? range.timestampField : range.ingestedField;
    const countOf = (from: number, to: number): Promise<number> =>
      source.count({ ...range, timestampField: field, from, to });
    for (const spans of this.dueStretches(by, now)) {
      const logs = spans.reduce((sum, span) => sum + span.logs, 0);
      const isWhole = (await countOf(spans[0].from, spans[spans.length - 1].to)) <= logs;
      for (const span of spans) {
        const { from, to } = span;
        const there = isWhole ? span.logs : await countOf(from, to);
        if (there > span.logs) yield { range: { ...range, from, to }, logs: there - span.logs };
        this.replace(span, lookedAt(span, there, now));
      }
    }
  }

  /** Returns the spans to count again, those that follow each other together: mostly one count tells that all is well. */
  private dueStretches(by: Pass['by'], now: number): ReadSpan[][] {
    const stretches: ReadSpan[][] = [];
    for (const span of this.spans) {
      if (span.by !== by || now - span.to < LOOK_AGES_MILLISECONDS[span.looks]) continue;
      const last = stretches[stretches.length - 1];
      if (last !== undefined && last[last.length - 1].to === span.from) last.push(span);
      else stretches.push([span]);
    }
    return stretches;
  }

  public toJSON(): Coverage {
    const { ingested, timestamp } = this.open;
    return { spans: this.spans, ...(ingested + timestamp > 0 && { open: { ingested, timestamp } }) };
  }

  private replace(span: ReadSpan, by: ReadSpan | undefined): void {
    this.spans = this.spans.flatMap((each) => (each === span ? (by === undefined ? [] : [by]) : [each]));
  }
}

/** @returns undefined where it need not be counted any more */
function lookedAt(span: ReadSpan, there: number, now: number): ReadSpan | undefined {
  const age = now - span.to;
  const looks = LOOK_AGES_MILLISECONDS.findIndex((due, look) => look > span.looks && due > age);
  return looks < 0 ? undefined : { ...span, logs: Math.max(span.logs, there), looks };
}
