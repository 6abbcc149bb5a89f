import type { FeatureDefinition } from '../../detector';
import type { SeverityCodes } from '../../detector/feature_schema';

/** Badness of a status or level: fine, doubtful (4xx, warning), bad (error), worst (5xx, fatal). */
const BADNESS = { fine: 0, doubtful: 1, bad: 2, worst: 3 } as const;
const { fine, doubtful, bad, worst } = BADNESS;

/** From a number on (ascending), how bad it is; undefined: numbers mean nothing. */
type Steps = readonly (readonly [from: number, badness: number])[];

/** Numbers by where they come from. */
export const NUMBER_STEPS: Readonly<Record<SeverityCodes, Steps>> = {
  // 0 is how proxies write that the client had gone; RFC 9110, section 15
  http: [
    [0, doubtful],
    [100, fine],
    [400, doubtful],
    [500, worst],
  ],
  // gRPC core concepts, status codes: those that the caller can cause are doubtful, those of the server worst
  grpc: [
    [0, fine],
    [1, doubtful],
    [2, worst],
    [3, doubtful],
    [4, worst],
    [5, doubtful],
    [8, worst],
    [9, doubtful],
    [10, worst],
    [11, doubtful],
    [12, worst],
    [16, doubtful],
    [17, worst],
  ],
  level: [],
  // RFC 5424, table 2
  syslog: [
    [0, worst],
    [3, bad],
    [4, doubtful],
    [5, fine],
  ],
  python: [
    [0, fine],
    [30, doubtful],
    [40, bad],
    [50, worst],
  ],
  // java.util.logging up to 1,000, Logback from 5,000 on
  java: [
    [0, fine],
    [900, doubtful],
    [1_000, bad],
    [1_001, fine],
    [30_000, doubtful],
    [40_000, bad],
    [50_000, worst],
  ],
  pino: [
    [0, fine],
    [40, doubtful],
    [50, bad],
    [60, worst],
  ],
  // 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 is "always"
  windows: [
    [0, fine],
    [1, worst],
    [2, bad],
    [3, doubtful],
    [4, fine],
  ],
  // OpenTelemetry logs data model, SeverityNumber
  opentelemetry: [
    [0, fine],
    [13, doubtful],
    [17, bad],
    [21, worst],
  ],
};

const named = (badness: number, names: string): [string, number][] =>
  names.split(' ').map((name) => [name, badness]);

/** Levels by name, in upper case, without spaces and separators. */
const LEVEL_NAMES: ReadonlyMap<string, number> = new Map([
  ...named(
    fine,
    'TRACE DEBUG INFO INFORMATION INFORMATIONAL NOTICE VERBOSE FINE FINER FINEST CONFIG LOG OK SUCCESS AUDITSUCCESS NORMAL D I T V N 1XX 2XX 3XX',
  ),
  ...named(doubtful, 'WARN WARNING W AUDITFAILURE 4XX'),
  ...named(bad, 'ERROR ERR E SEVERE FAILURE FAILED'),
  ...named(worst, 'FATAL CRITICAL CRIT C F ALERT EMERG EMERGENCY PANIC DPANIC 5XX'),
]);

/** Statuses of gRPC by name: those that the caller can cause are doubtful, those of the server worst. */
const GRPC_NAMES: ReadonlyMap<string, number> = new Map([
  ...named(fine, 'OK'),
  ...named(
    doubtful,
    'CANCELLED CANCELED INVALIDARGUMENT NOTFOUND ALREADYEXISTS PERMISSIONDENIED FAILEDPRECONDITION OUTOFRANGE UNAUTHENTICATED',
  ),
  ...named(
    worst,
    'UNKNOWN DEADLINEEXCEEDED RESOURCEEXHAUSTED ABORTED UNIMPLEMENTED INTERNAL UNAVAILABLE DATALOSS',
  ),
]);

/** The names that mean something among these codes. */
export const namesOf = (codes: SeverityCodes): ReadonlyMap<string, number> =>
  codes === 'grpc' ? GRPC_NAMES : LEVEL_NAMES;

/** Code units of a status that are looked at. */
export const MAX_CODE = 64;

/** A status as it is counted: upper case, without spaces and separators; of `404 Not Found` the number alone. */
export function codeOf(text: string): string {
  let code = '';
  let digits = 0;
  for (let index = 0; index < text.length && index < MAX_CODE; index++) {
    const unit = text.charCodeAt(index);
    const isSeparator = unit === 32 || unit === 45 || unit === 95 || unit === 9;
    if (isSeparator) {
      if (digits > 0 && digits === code.length) return code;
      continue;
    }
    if (unit >= 48 && unit <= 57) digits++;
    code += unit >= 97 && unit <= 122 ? String.fromCharCode(unit - 32) : text.charAt(index);
  }
  return code;
}

const MAX_DIGITS = 9;

/**
 * Returns the badness of a code. A name that is not known, or a number where numbers mean nothing, is doubtful.
 *
 * @param code as {@link codeOf} gives it
 */
export function badnessOf(code: string, codes: SeverityCodes): number {
  const known = namesOf(codes).get(code);
  if (known !== undefined) return known;
  let digits = 0;
  while (digits < code.length && code.charCodeAt(digits) >= 48 && code.charCodeAt(digits) <= 57) digits++;
  if (digits === 0 || digits > MAX_DIGITS || digits < code.length) return doubtful;
  const number = Number(code);
  const steps = NUMBER_STEPS[codes];
  let badness: number = doubtful;
  for (const [from, of] of steps) {
    if (number < from) break;
    badness = of;
  }
  return badness;
}

const between = (numbers: readonly number[], from: number, to: number): boolean =>
  numbers.every((number) => number >= from && number <= to);

/** Numbers of levels that fit, the most likely first. */
const LEVELS_UP_TO: readonly (readonly [most: number, codes: SeverityCodes])[] = [
  [7, 'syslog'],
  [24, 'opentelemetry'],
  [60, 'pino'],
];

/** Returns true where names that gRPC alone has are more than what is none of its codes: one odd value among thousands says nothing. */
function areOfGrpc(counts: ReadonlyMap<string, number>): boolean {
  let [named, others] = [0, 0];
  for (const [code, count] of counts) {
    if (GRPC_NAMES.has(code)) named += LEVEL_NAMES.has(code) || code === 'UNKNOWN' ? 0 : count;
    else if (!/^[0-9]{1,2}$/.test(code) || Number(code) > 16) others += count;
  }
  return named > others;
}

/**
 * Chooses the meaning of numbers in a field, by its name and by the numbers that training holds.
 *
 * @param counts logs by code
 */
export function severityCodesOf(
  definition: FeatureDefinition,
  counts: ReadonlyMap<string, number>,
): SeverityCodes {
  const { codes: given = 'auto', field } = definition;
  if (given !== 'auto') return given;
  const numbers = [...counts.keys()].filter((code) => /^[0-9]{1,9}$/.test(code)).map(Number);
  if (/grpc/i.test(field) || areOfGrpc(counts)) return 'grpc';
  if (/syslog/i.test(field)) return 'syslog';
  if (/winlog|windows/i.test(field)) return 'windows';
  if (/severity_?number/i.test(field)) return 'opentelemetry';
  if (/levelno/i.test(field)) return 'python';
  if (numbers.length === 0) return /status|response|http/i.test(field) ? 'http' : 'level';
  const isLevel = /level|severity/i.test(field);
  if (!isLevel && numbers.filter((number) => number >= 100 && number <= 599).length >= numbers.length / 2) {
    return 'http';
  }
  if (!isLevel) return between(numbers, 0, 16) && /status|code/i.test(field) ? 'grpc' : 'http';
  const codes = LEVELS_UP_TO.find(([most]) => between(numbers, 0, most))?.[1] ?? 'java';
  // Where most logs would be of the worst level, the numbers mean something else, as those of .NET, and count by their rarity alone.
  const ruling = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  return badnessOf(ruling[0], codes) === worst ? 'level' : codes;
}
