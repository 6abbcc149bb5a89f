import type { LogDocument } from '../log_document';
import { MAX_ELEMENTS } from '../log_features/columns/field_value';
import { compileField } from '../log_features/fields/field_access';
import { LONGEST_SPAN_MILLISECONDS } from './longest_span';
import type { BySpan } from './share_test';

/** Half-open time range, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The window that is to be explained, and the time that it is compared with. */
export interface ChangeSpans {
  readonly window: Span;
  readonly baseline: Span;
}

/** The baseline is taken in so many pieces: what differs between them is usual. */
const PIECES = { fewest: 4, most: 8 } as const;
/** Longer texts are no values that one counts. */
const LONGEST_VALUE = 1_024;
/** Values of one field in one log that are looked at. */
const VALUES_OF_A_LOG = 100;

/** Lengths of the default baseline, in windows. */
const DEFAULT_BASELINE_WINDOWS = 4;

/** Returns the baseline that is taken where none is named: the time just before, four times as long, at most 366 days. */
export const defaultBaseline = ({ from, to }: Span): Span => ({
  from: from - Math.min(DEFAULT_BASELINE_WINDOWS * (to - from), LONGEST_SPAN_MILLISECONDS),
  to: from,
});

/** Returns the baseline in pieces of equal length, about as long as the window where there are four to eight of them. */
export function piecesOf({ window, baseline }: ChangeSpans): Span[] {
  const length = baseline.to - baseline.from;
  const wanted = Math.round(length / Math.max(1, window.to - window.from));
  const count = Math.min(PIECES.most, Math.max(PIECES.fewest, wanted));
  const border = (piece: number): number => Math.round(baseline.from + (length * piece) / count);
  return Array.from({ length: count }, (_, piece) => ({ from: border(piece), to: border(piece + 1) }));
}

/** Returns the lengths of the spans in milliseconds. */
export const lengthsOf = (window: Span, pieces: readonly Span[]): BySpan => ({
  window: window.to - window.from,
  pieces: pieces.map(({ from, to }) => to - from),
});

export type FieldScalar = string | number | boolean;

/** Kinds of fields that are compared: named values, whole numbers that may be either, measured numbers, and texts with patterns. */
export type ComparedKind = 'value' | 'integer' | 'number' | 'message';
export interface ComparedField {
  readonly field: string;
  readonly kind: ComparedKind;
}

/** Logs drawn from the window and from the baseline. */
export interface DrawnLogs {
  readonly window: readonly LogDocument[];
  /** Logs before the baseline or after it are left out. */
  readonly baseline: readonly LogDocument[];
  /** Time of a log of the baseline, epoch milliseconds. */
  timeOf(log: LogDocument): number | undefined;
}

/** A sample of both spans, the logs of the window first. Uniform within each span; the spans may be sampled differently. */
export class ChangeSample {
  readonly logs: readonly LogDocument[];
  /** Of each log: 0 for the window, from 1 on the piece of the baseline. */
  readonly spans: Uint8Array;
  /** Logs of the sample. */
  readonly totals: BySpan;

  constructor(
    drawn: DrawnLogs,
    readonly lengths: BySpan,
    pieces: readonly Span[],
  ) {
    const placed = drawn.baseline.flatMap((log) => {
      const time = drawn.timeOf(log);
      const piece = time === undefined ? -1 : pieces.findIndex(({ from, to }) => time >= from && time < to);
      return piece < 0 ? [] : [{ log, span: piece + 1 }];
    });
    this.logs = [...drawn.window, ...placed.map(({ log }) => log)];
    this.spans = new Uint8Array(this.logs.length);
    placed.forEach(({ span }, place) => (this.spans[drawn.window.length + place] = span));
    this.totals = this.countOf(() => true);
  }

  /** Counts the logs of each span for which a condition on their place holds. */
  countOf(holds: (place: number) => boolean): BySpan {
    const counts = this.noCounts();
    for (let place = 0; place < this.logs.length; place++) if (holds(place)) this.add(counts, place);
    return toBySpan(counts);
  }

  /** Returns a counter of logs by span, to be used with {@link add}. */
  noCounts = (): Float64Array => new Float64Array(this.lengths.pieces.length + 1);
  add(counts: Float64Array, place: number): void {
    counts[this.spans[place]]++;
  }
}

export const toBySpan = (counts: Float64Array): BySpan => ({
  window: counts[0],
  pieces: [...counts.subarray(1)],
});

const isScalar = (value: unknown): value is FieldScalar =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE);

/** Makes a check of logs for having nothing in a field, as a search for those without it finds them: an empty text is something. */
export function missingIn(field: string): (log: LogDocument) => boolean {
  const read = compileField(field);
  return (log) => isNothing(read(log));
}

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && Object.values(value).every(isNothing));

/** Makes a reader of the different values that a log has in a field; texts of more than 1,024 characters are none. */
export function valueReader(field: string): (log: LogDocument) => readonly FieldScalar[] {
  const read = compileField(field);
  return (log) => {
    const value = read(log);
    if (!Array.isArray(value)) return isScalar(value) ? [value] : [];
    const flat = (value as unknown[]).slice(0, MAX_ELEMENTS).flat(2).filter(isScalar);
    return [...new Set(flat)].slice(0, VALUES_OF_A_LOG);
  };
}
