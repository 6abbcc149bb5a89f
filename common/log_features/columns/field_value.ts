import { DIRT_KINDS, type DirtKind, type DirtReport } from './types';

/** Elements of an array that are looked at; the pipelines know the same number. */
export const MAX_ELEMENTS = 1_000;

/** Counts of one feature, by index in DIRT_KINDS. */
export class DirtCounter {
  private readonly counts = new Float64Array(DIRT_KINDS.length);

  add(kind: DirtKind): void {
    this.counts[DIRT_KINDS.indexOf(kind)]++;
  }

  /** Adds what was counted to `report` under `feature` and starts again at zero. */
  flush(report: DirtReport, feature: string): void {
    for (let index = 0; index < this.counts.length; index++) {
      const count = this.counts[index];
      if (count === 0) continue;
      this.counts[index] = 0;
      // defineProperty: a feature named __proto__ is a name like any other
      if (!Object.hasOwn(report, feature)) {
        Object.defineProperty(report, feature, {
          value: {},
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
      const counts = report[feature];
      counts[DIRT_KINDS[index]] = (counts[DIRT_KINDS[index]] ?? 0) + count;
    }
  }
}

type Scalar = string | number | boolean | bigint;

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint';

const isUsable = (value: unknown): value is Scalar => isScalar(value) && value !== '' && value !== '-';

/** All usable scalars of a list, lists in it included. */
function* scalarsOf(list: readonly unknown[]): Generator<Scalar> {
  for (const element of list.slice(0, MAX_ELEMENTS)) {
    if (Array.isArray(element)) yield* scalarsOf(element as unknown[]);
    else if (isUsable(element)) yield element;
  }
}

/**
 * The scalar to use for a field: of a list the one that sorts first as text, by UTF-16 code units. So neither the order of a list
 * matters, which Elasticsearch does not keep in doc values, nor that a value is in it twice. Empty strings and `-` (a log's sign for
 * "nothing") are missing. What is odd is counted.
 *
 * @returns undefined when there is none: the feature is missing in this document
 */
export function scalarOf(value: unknown, dirt: DirtCounter): Scalar | undefined {
  let scalar = value;
  if (typeof scalar === 'object' && scalar !== null) {
    if (!Array.isArray(scalar)) {
      dirt.add('object');
      return undefined;
    }
    dirt.add('array');
    let [first, text]: [Scalar | undefined, string] = [undefined, ''];
    for (const element of scalarsOf(scalar as unknown[])) {
      const other = typeof element === 'string' ? element : String(element);
      if (first === undefined || other < text) [first, text] = [element, other];
    }
    scalar = first;
  }
  if (!isUsable(scalar)) {
    dirt.add('missing');
    return undefined;
  }
  return scalar;
}

/** @returns the largest number of a list; undefined where it holds none */
function largestOf(list: readonly unknown[]): number | undefined {
  let largest: number | undefined;
  for (const scalar of scalarsOf(list)) {
    const text =
      typeof scalar === 'string' && scalar.length <= MAX_NUMERIC_LENGTH ? scalar.trim() : undefined;
    const isNumber =
      typeof scalar === 'bigint' ||
      (typeof scalar === 'number' && Number.isFinite(scalar)) ||
      (text !== undefined && NUMERIC.test(text));
    if (isNumber && (largest === undefined || Number(text ?? scalar) > largest))
      largest = Number(text ?? scalar);
  }
  return largest;
}

const NUMERIC = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/;
const NOT_FINITE = /^(?:nan|[+-]?inf(?:inity)?)$/i;
const MAX_NUMERIC_LENGTH = 400;

/** The largest finite 32-bit float. */
export const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * A number or a string that is one (`"200"`, `" 1e3 "`), of a list the largest. Beyond the range of 32-bit floats it is clamped and counted.
 *
 * @returns undefined for anything else, counted
 */
export function numberOf(value: unknown, dirt: DirtCounter): number | undefined {
  const largest = Array.isArray(value) ? largestOf(value as unknown[]) : undefined;
  if (largest !== undefined) dirt.add('array');
  const scalar = largest ?? (typeof value === 'number' ? value : scalarOf(value, dirt));
  if (scalar === undefined) return undefined;
  let number: number;
  if (typeof scalar === 'number') {
    number = scalar;
    if (largest === undefined && !Number.isFinite(number)) {
      dirt.add('not_finite');
      return undefined;
    }
  } else if (typeof scalar === 'bigint') {
    number = Number(scalar);
  } else {
    const text =
      typeof scalar === 'string' && scalar.length <= MAX_NUMERIC_LENGTH ? scalar.trim() : undefined;
    if (text === undefined || !NUMERIC.test(text)) {
      dirt.add(text !== undefined && NOT_FINITE.test(text) ? 'not_finite' : 'wrong_type');
      return undefined;
    }
    number = Number(text);
  }
  if (number > FLOAT32_MAX || number < -FLOAT32_MAX) {
    dirt.add('out_of_range');
    return number > 0 ? FLOAT32_MAX : -FLOAT32_MAX;
  }
  return number;
}

/** Any scalar as text, cut to `maxLength` UTF-16 code units. */
export function textOf(value: unknown, maxLength: number, dirt: DirtCounter): string | undefined {
  const scalar = typeof value === 'string' && value !== '' && value !== '-' ? value : scalarOf(value, dirt);
  if (scalar === undefined) return undefined;
  const text = typeof scalar === 'string' ? scalar : String(scalar);
  if (text.length <= maxLength) return text;
  dirt.add('truncated');
  // a copy: a slice would keep the whole line in memory for as long as it is remembered; JSON keeps lone surrogates
  return JSON.parse(JSON.stringify(text.slice(0, maxLength))) as string;
}

/** A share in [0, 1] as a percentage. */
export function readableShare(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.1
    ? '<0.1%'
    : `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))}%`;
}

/** The value at `share` (0 to 1) of ascending `sorted`, nearest rank. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
