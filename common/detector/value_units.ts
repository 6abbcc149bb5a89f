import type { FeatureDefinition, ValueUnit } from './feature_schema';

/** Units by the names of ECS, of OpenTelemetry and by common endings; the first that fits decides. */
const UNIT_OF_NAME: readonly (readonly [RegExp, ValueUnit])[] = [
  [/^event\.duration$/i, 'ns'],
  [/^(transaction|span)\.duration\.us$/i, 'us'],
  [/(^|[._-])(ns|nanos|nanoseconds|nanosecond)$|[a-z](Nanos|Ns)$/, 'ns'],
  [/(^|[._-])(us|µs|micros|microseconds|microsecond)$|[a-z](Micros|Us)$/, 'us'],
  [/(^|[._-])(ms|msec|millis|milliseconds|millisecond)$|[a-z](Millis|Ms|Msec)$/, 'ms'],
  [/(^|[._-])(s|sec|secs|seconds|second)$|[a-z](Seconds|Sec|Secs)$/, 's'],
  [/(^|[._-])(minutes|mins)$/, 'min'],
  [/(^|[._-])(bytes|bytes_sent|bytes_received|body_bytes_sent)$|[a-z]Bytes$/, 'bytes'],
  [/(^|[._-])(kb|kilobytes|kib)$/, 'kb'],
  [/(^|[._-])(mb|megabytes|mib)$/, 'mb'],
  [/(^|[._-])(gb|gigabytes|gib)$/, 'gb'],
  [/(^|[._-])(percent|percentage)$/, 'percent'],
  [/^bucket\.(error|failure)_share$/, 'share'],
];

/** The unit that a feature names, or that its field's name tells. */
export const unitOf = ({ unit, field }: Pick<FeatureDefinition, 'unit' | 'field'>): ValueUnit =>
  unit ?? UNIT_OF_NAME.find(([regex]) => regex.test(field))?.[1] ?? 'none';

/** Seconds in one of each unit of time. */
const SECONDS: Partial<Record<ValueUnit, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3_600,
};
const BYTES: Partial<Record<ValueUnit, number>> = { bytes: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 };
/** Units that people read, the largest first: how many of the base each is, and from how many of the base on it is used. */
const TIME_SCALE = [
  { name: 'h', size: 3_600, from: 7_200 },
  { name: 'min', size: 60, from: 120 },
  { name: 's', size: 1, from: 1 },
  { name: 'ms', size: 1e-3, from: 1e-3 },
  { name: 'µs', size: 1e-6, from: 1e-6 },
  { name: 'ns', size: 1e-9, from: 0 },
] as const;
const BYTE_SCALE = [
  { name: 'GB', size: 1_073_741_824, from: 1_073_741_824 },
  { name: 'MB', size: 1_048_576, from: 1_048_576 },
  { name: 'KB', size: 1_024, from: 1_024 },
  { name: 'bytes', size: 1, from: 0 },
] as const;

/** Style of numbers and units. */
export interface NumberStyle {
  /** For signs between digits, e.g. `en-US`. */
  readonly locale: string;
  /** A number of bytes, already written, with the unit's name in the language. */
  bytes(unit: 'bytes' | 'KB' | 'MB' | 'GB', number: string): string;
  range(low: string, high: string): string;
}

const ENGLISH_STYLE: NumberStyle = {
  locale: 'en-US',
  bytes: (unit, number) => (unit === 'bytes' && number === '1' ? '1 byte' : `${number} ${unit}`),
  range: (low, high) => `${low} to ${high}`,
};

const formats = new Map<string, Intl.NumberFormat>();

/** Numbers beyond these are written with an exponent. */
const PLAIN = { from: 1e-6, below: 1e15 };

/** All digits of a number, thousands apart from `groupedFrom` on. */
function digitsOf(number: number, { locale }: NumberStyle, groupedFrom: number): string {
  const size = Math.abs(number);
  if (size !== 0 && (size < PLAIN.from || size >= PLAIN.below)) return String(number);
  const useGrouping = size >= groupedFrom;
  const key = `${locale} ${useGrouping}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 15, useGrouping });
    formats.set(key, format);
  }
  // -0 is 0 for people
  return format.format(number === 0 ? 0 : number);
}

/** Two significant digits, whole from 10 on: what is usual is an estimate, and more digits of a value tell nothing. */
function roundedTo(value: number, digits: number, style: NumberStyle): string {
  const isWhole = Math.abs(value) >= 10 ** (digits - 1);
  return digitsOf(isWhole ? Math.round(value) : Number(value.toPrecision(digits)), style, 1_000);
}

/** Most decimals of a percentage. */
const PERCENT_DECIMALS = 2;

/** Two significant digits; what is less than all is never written as 100. @example 99.96 is "99.96 %" */
function percentText(percent: number, style: NumberStyle): string {
  const isNearlyAll = percent < 100 && Math.round(percent) >= 100;
  if (!isNearlyAll) return `${roundedTo(percent, 2, style)} %`;
  for (let decimals = 1; decimals <= PERCENT_DECIMALS; decimals++) {
    const rounded = Number(percent.toFixed(decimals));
    if (rounded < 100) return `${digitsOf(rounded, style, 1_000)} %`;
  }
  return `${digitsOf(100 - 10 ** -PERCENT_DECIMALS, style, 1_000)} %`;
}

type Scale = readonly { readonly name: string; readonly size: number; readonly from: number }[];
const scaleOf = (unit: ValueUnit): { scale: Scale; base: number } | undefined => {
  const seconds = SECONDS[unit];
  if (seconds !== undefined) return { scale: TIME_SCALE, base: seconds };
  const bytes = BYTES[unit];
  return bytes === undefined ? undefined : { scale: BYTE_SCALE, base: bytes };
};

const withUnit = (number: string, { scale }: { scale: Scale }, name: string, style: NumberStyle): string =>
  scale === TIME_SCALE
    ? `${number} ${name}`
    : style.bytes(name as (typeof BYTE_SCALE)[number]['name'], number);

/** A number with its unit as people write it. @example readableValue(4_213_000_000, 'ns') // '4.2 s' */
export function readableValue(value: number, unit: ValueUnit, style: NumberStyle = ENGLISH_STYLE): string {
  if (unit === 'percent') return percentText(value, style);
  if (unit === 'share') return percentText(value * 100, style);
  const found = scaleOf(unit);
  if (found === undefined) return groupedNumber(value, style);
  const inBase = value * found.base;
  if (inBase === 0) return withUnit('0', found, found.scale === TIME_SCALE ? 's' : 'bytes', style);
  const step = found.scale.find(({ from }) => Math.abs(inBase) >= from)!;
  return withUnit(roundedTo(inBase / step.size, 2, style), found, step.name, style);
}

/** At most four significant digits, all of a whole number; thousands apart from ten thousand on. */
function groupedNumber(value: number, style: NumberStyle): string {
  const isWhole = Number.isInteger(value) && Math.abs(value) < PLAIN.below;
  return digitsOf(isWhole ? value : Number(value.toPrecision(4)), style, 10_000);
}

/** From this part of a unit on a range is written in the unit of the value beside it. */
const SMALLEST_PART = 0.1;
/** Below this part of a unit an end of a range has a unit of its own: 410 bytes are 0.00039 MB. */
const SMALLEST_END = 0.01;

/**
 * A range, its unit once where both ends share it.
 *
 * @param beside a value that is read beside it: of 4.2 s, "0.11 to 0.29 s" is easier to tell from it than "110 to 290 ms"
 * @example '0.1 to 0.3 s'
 */
export function readableRange(
  from: number,
  to: number,
  unit: ValueUnit,
  { style = ENGLISH_STYLE, beside }: { style?: NumberStyle; beside?: number } = {},
): string {
  const found = scaleOf(unit);
  const between = (low: string, high: string): string => (low === high ? low : style.range(low, high));
  if (found === undefined) {
    const [low, high] = [from, to].map((end) =>
      unit === 'none' ? readableEnd(end, style) : readableValue(end, unit, style).replace(' %', ''),
    );
    return `${between(low, high)}${unit === 'none' ? '' : ' %'}`;
  }
  const largest = Math.max(Math.abs(from), Math.abs(to)) * found.base;
  const own = found.scale.find((each) => largest >= each.from)!;
  const other =
    beside === undefined ? own : found.scale.find((each) => Math.abs(beside) * found.base >= each.from)!;
  const step = other.size > own.size && largest >= SMALLEST_PART * other.size ? other : own;
  const least = Math.min(Math.abs(from), Math.abs(to)) * found.base;
  if (least > 0 && least < SMALLEST_END * step.size)
    return between(readableValue(from, unit, style), readableValue(to, unit, style));
  const [low, high] = [from, to].map((end) => roundedTo((end * found.base) / step.size, 2, style));
  return withUnit(between(low, high), found, step.name, style);
}

/** Two significant digits, whole from 100 on: the ends of a range are estimates. */
const readableEnd = (value: number, style: NumberStyle): string =>
  Math.abs(value) >= 100
    ? groupedNumber(Math.round(value), style)
    : digitsOf(Number(value.toPrecision(2)), style, 10_000);

/** A whole number with its thousands apart. */
export const readableCount = (count: number, style: NumberStyle = ENGLISH_STYLE): string =>
  digitsOf(Math.round(count), style, 1_000);
