import type { FeatureDefinition } from '../detector';
import { readableNumber } from './field_value';
import type { ValueUnit } from './types';

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
  [/^bucket\.error_share$/, 'share'],
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

/** Two significant digits, whole from 10 on: what is usual is an estimate, and more digits of a value tell nothing. */
function roundedTo(value: number, digits: number): string {
  const size = Math.abs(value);
  return size >= 10 ** (digits - 1)
    ? Math.round(value).toLocaleString('en-US')
    : readableNumber(Number(value.toPrecision(digits)));
}

type Scale = readonly { readonly name: string; readonly size: number; readonly from: number }[];
const scaleOf = (unit: ValueUnit): { scale: Scale; base: number } | undefined => {
  const seconds = SECONDS[unit];
  if (seconds !== undefined) return { scale: TIME_SCALE, base: seconds };
  const bytes = BYTES[unit];
  return bytes === undefined ? undefined : { scale: BYTE_SCALE, base: bytes };
};

/** A number with its unit as people write it. @example readableValue(4_213_000_000, 'ns') // '4.2 s' */
export function readableValue(value: number, unit: ValueUnit): string {
  if (unit === 'percent') return `${roundedTo(value, 2)} %`;
  if (unit === 'share') return `${roundedTo(value * 100, 2)} %`;
  const found = scaleOf(unit);
  if (found === undefined) return groupedNumber(value);
  const inBase = value * found.base;
  if (inBase === 0) return found.scale === TIME_SCALE ? '0 s' : '0 bytes';
  const step = found.scale.find(({ from }) => Math.abs(inBase) >= from)!;
  return `${roundedTo(inBase / step.size, 2)} ${inBase / step.size === 1 && step.name === 'bytes' ? 'byte' : step.name}`;
}

/** From ten thousand on with commas. */
const groupedNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? value.toLocaleString('en-US')
    : readableNumber(value);

/** A range, its unit once where both ends share it. @example '0.1 to 0.3 s' */
export function readableRange(from: number, to: number, unit: ValueUnit): string {
  const found = scaleOf(unit);
  if (found === undefined) {
    const [low, high] = [from, to].map((end) =>
      unit === 'none' ? readableEnd(end) : readableValue(end, unit).replace(' %', ''),
    );
    const ending = unit === 'none' ? '' : ' %';
    return low === high ? `${low}${ending}` : `${low} to ${high}${ending}`;
  }
  const largest = Math.max(Math.abs(from), Math.abs(to)) * found.base;
  const step = found.scale.find((each) => largest >= each.from)!;
  const [low, high] = [from, to].map((end) => roundedTo((end * found.base) / step.size, 2));
  return low === high ? `${low} ${step.name}` : `${low} to ${high} ${step.name}`;
}

/** Two significant digits, whole from 100 on: the ends of a range are estimates. */
const readableEnd = (value: number): string =>
  Math.abs(value) >= 100 ? groupedNumber(Math.round(value)) : readableNumber(Number(value.toPrecision(2)));
