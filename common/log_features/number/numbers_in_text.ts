import type { ValueUnit } from '../../detector/feature_schema';

/** A number in a text, with the words around it that tell what it counts or measures. */
export interface NumberInText {
  /** In the unit. */
  readonly value: number;
  readonly unit: ValueUnit;
  /** The words beside it, the same for all texts that name such a number alike: `in {n} ms`. */
  readonly place: string;
  /** The word before it, which may tell on which side of the usual it is anomalous. */
  readonly name: string;
  /** Code units of the number with its unit, from and to; `/s` of a rate is behind them. */
  readonly start: number;
  readonly end: number;
  /** Of a second each, `20 MB/s`. */
  readonly isRate: boolean;
  /** Written without decimals and without a unit. */
  readonly isPlain: boolean;
}

/** Numbers of one text that are read. */
const MOST_NUMBERS = 12;
/** Code units before and behind a number that its words are looked for in. */
const NEAR = 48;
const LONGEST_WORD = 32;

/**
 * A number that stands by itself, with what is written to it or behind it. Dates, times, versions, addresses, paths and ids of letters and
 * digits are none.
 */
const NUMBER =
  /([+-]?(?:\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,9})?|\d{1,15}(?:[.,]\d{1,9})?))(?: ?(%)|( )?(\p{L}{1,12})(\/s)?)?(?![\p{L}\d]|[-.:,/_@\\]\w)/uy;
/** Signs before a number that stands by itself. */
const OPENS = /[\s=([{<>:,;|"'~]/;
/** The end of what a number follows that is a part of a time, version or list. */
const GOES_ON = /\d[:.,]$/;
/** The rest of a word, number, date, version, path or id. */
const REST_OF_WORD = /[\p{L}\d_./\\:@-]*/uy;
const THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.|$)/;
/** The last word before a number and what stands between. */
const WORD_BEFORE = /([\p{L}_$][\p{L}\d_$.-]{0,31})([^\p{L}\d]{0,3})$/u;

/** Names of numbers that name something. */
const NAMES_SOMETHING =
  /(?:^|[._-])(?:id|ids|pid|ppid|tid|uid|gid|euid|auid|sid|xid|lsn|port|spt|dpt|code|status|errno|signal|rc|line|version|v|seq|sequence|index|serial|phone|zip|year)$|[a-z](?:Id|ID|Ids|Pid|Port|Code|Status|Version|Line|Seq)$/i;
/** A line number follows. */
const SOURCE_FILE = /\.(?:java|kt|scala|py|go|js|ts|rb|php|cs|c|cc|cpp|h|rs)$/i;
const MONTH =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|utc|gmt|am|pm)$/i;

type Dimension = Extract<ValueUnit, 'ms' | 'bytes' | 'percent'>;
/** Units by what people write, and how many of the unit of their dimension each is. */
const UNITS: ReadonlyMap<string, readonly [Dimension, number]> = new Map(
  (
    [
      ['ns nsec nanos nanosecond nanoseconds', 'ms', 1e-6],
      ['us µs μs usec micros microsecond microseconds', 'ms', 1e-3],
      ['ms msec msecs millis millisecond milliseconds', 'ms', 1],
      ['s sec secs second seconds', 'ms', 1e3],
      ['m min mins minute minutes', 'ms', 6e4],
      ['h hr hrs hour hours', 'ms', 3.6e6],
      ['d day days', 'ms', 8.64e7],
      ['b byte bytes', 'bytes', 1],
      ['kb kib kbyte kbytes', 'bytes', 1_024],
      ['mb mib mbyte mbytes', 'bytes', 1_024 ** 2],
      ['g gb gib gbyte gbytes', 'bytes', 1_024 ** 3],
      ['tb tib', 'bytes', 1_024 ** 4],
      // As the JVM, containers and top write sizes.
      ['K', 'bytes', 1_024],
      ['M', 'bytes', 1_024 ** 2],
      ['T', 'bytes', 1_024 ** 4],
      ['% percent pct', 'percent', 1],
    ] as const
  ).flatMap(([names, dimension, size]) => names.split(' ').map((name) => [name, [dimension, size]] as const)),
);

/** Units only where they are written to the number: `512M`, but not `5 M rows`. */
const SIZE_LETTERS = /^[KMGTg]$/;
/** Returns the unit that people write so; `M` is no minute. */
const unitOf = (written: string): readonly [Dimension, number] | undefined =>
  UNITS.get(written) ?? (written === 'D' || written === 'H' ? undefined : UNITS.get(written.toLowerCase()));

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const standsAlone = (text: string, start: number): boolean =>
  start === 0 || (OPENS.test(text[start - 1]) && !GOES_ON.test(text.slice(Math.max(0, start - 2), start)));

/** Returns the number as it is written: commas between thousands, or one before the decimals. */
function valueOf(digits: string): number {
  return Number(THOUSANDS.test(digits) ? digits.replaceAll(',', '') : digits.replace(',', '.'));
}

/**
 * Reads the numbers in a text that count or measure something, at most {@link MOST_NUMBERS}, in time linear in its length. Left out is what
 * names something by its look (`eth0`, `srch-1`, `10.0.0.1`, `2026-03-02`, `1.2.3`) or by the word before it (`port 22`, `pid=17`).
 *
 * @example numbersIn('processed batch 47 in 5.1 s') // 47 at 'batch {n} in', 5,100 ms at 'in {n} ms'
 */
export function numbersIn(text: string): NumberInText[] {
  const found: NumberInText[] = [];
  const seen = new Map<string, number>();
  for (let at = 0; at < text.length && found.length < MOST_NUMBERS; at++) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const isSigned = at > 0 && (text[at - 1] === '-' || text[at - 1] === '+');
    const start = isSigned ? at - 1 : at;
    NUMBER.lastIndex = start;
    const match = standsAlone(text, start) ? NUMBER.exec(text) : null;
    REST_OF_WORD.lastIndex = at;
    REST_OF_WORD.test(text);
    at = match === null ? REST_OF_WORD.lastIndex : start + match[1].length;
    if (match === null) continue;
    const [whole, digits, percent, space, letters, rate] = match;
    const isApart = space !== undefined && SIZE_LETTERS.test(letters ?? '');
    const known = isApart ? undefined : unitOf(percent ?? letters ?? '');
    // Of letters that are written to it, `3rd` or `12ab`, it is a part of a name.
    if (letters !== undefined && space === undefined && known === undefined) continue;
    const before = WORD_BEFORE.exec(text.slice(Math.max(0, start - NEAR), start));
    const name = before?.[1] ?? '';
    if (NAMES_SOMETHING.test(name) || SOURCE_FILE.test(name) || MONTH.test(name) || MONTH.test(letters ?? ''))
      continue;
    const value = valueOf(digits);
    const [unit, size] = known ?? (['none', 1] as const);
    // The word behind `key=5` is that of the next value.
    const isKeyed = /[=:]/.test(before?.[2] ?? '');
    const behind = unit !== 'none' ? unit + (rate ?? '') : isKeyed ? '' : (letters ?? '');
    const words = `${name.toLowerCase().replace(/\d+/g, '{n}')} {n} ${behind.toLowerCase()}`;
    const times = (seen.get(words) ?? 0) + 1;
    seen.set(words, times);
    const isMeasured = known !== undefined;
    found.push({
      value: value * size,
      unit,
      place: times === 1 ? words : `${words} ${times}`,
      name: name.slice(0, LONGEST_WORD),
      start,
      end: start + (isMeasured ? whole.length - (rate ?? '').length : digits.length),
      isRate: rate !== undefined,
      isPlain: !isMeasured && /^[+-]?\d+$/.test(digits),
    });
  }
  return found;
}
