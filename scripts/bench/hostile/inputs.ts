/*
 * Inputs that were made to take long. Nothing is imported, so that the same file can be run with the code of another version.
 */

const START = Date.parse('2026-03-02T10:00:00Z');

/** Patterns that a matcher which tracks back, or follows all ways at once, takes long for. */
const SLOW_PATTERNS = ['((.*a.*|.*b.*){20}c)|a', '(a.*b)|a', '(a{0,30}){0,30}b', '(.*x.*y.*z){9}|a'];

const slowText = (row: number): string =>
  Array.from(
    { length: 2_048 },
    (_, i) => 'abcx0'[(i * i * 7 + (i >> 3) + row * 13 + ((i * row) >> 4)) % 5],
  ).join('');

const logsOf = (count: number, messageOf: (row: number) => string) =>
  Array.from({ length: count }, (_, row) => ({
    '@timestamp': START + row,
    message: messageOf(row),
  }));

export const trainingLogs = logsOf(300, (row) => `GET /a/${row} ${'b'.repeat(row % 20)}`);

/** The issue's page: 40 lines against 16 patterns. */
export const slowPatternLogs = logsOf(40, slowText);
export const slowPatterns = Array.from({ length: 16 }, (_, i) => ({
  name: `p${i}`,
  regex: `${SLOW_PATTERNS[i % 4]}|${i}`,
}));

/** Repetitions with bounds, which 0.1.0 took and tracked back in. */
export const boundedPatterns = Array.from({ length: 16 }, (_, i) => ({
  name: `p${i}`,
  regex: `(a.{0,60}b.{0,40}Z)|${i}`,
}));

/** Lines of digits alone: masks try each run of them. */
export const digitLogs = logsOf(200, (row) => String(row % 10).repeat(8_000));

/** The issue's calendar: 1,446 characters, of which a zone with rules from the year 1 takes all the time. */
export const slowCalendar = [
  'BEGIN:VCALENDAR',
  'BEGIN:VTIMEZONE',
  'TZID:Z',
  ...Array.from({ length: 10 }, () => [
    'BEGIN:STANDARD',
    'DTSTART:00010101T000000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0100',
    'RRULE:FREQ=YEARLY',
    'END:STANDARD',
  ]).flat(),
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART;TZID=Z:99980101T000000',
  'DURATION:PT1H',
  'RRULE:FREQ=YEARLY',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

/** A calendar within all bounds that has to be followed for long. */
export const largeCalendar = [
  'BEGIN:VCALENDAR',
  ...Array.from({ length: 100 }, (_, i) => [
    'BEGIN:VEVENT',
    `UID:${i}`,
    `DTSTART:20200101T${String(i % 24).padStart(2, '0')}0000Z`,
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
  ]).flat(),
  'END:VCALENDAR',
].join('\r\n');

/** Each line stands for ten of the one before. */
export const yamlBomb = [
  'a0: &a0 [x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');
export const deepYaml = '['.repeat(200_000);
export const quotedYaml = '"'.repeat(1_000_000);
export const manyKeysYaml = Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n');

const nestedIn = (levels: number): unknown => {
  let value: unknown = { match_all: {} };
  for (let i = 0; i < levels; i++) value = { bool: { filter: [value] } };
  return value;
};
const detectorWith = (query: unknown) => ({
  name: 'Web',
  source: { index: 'logs', query },
  features: [{ type: 'number', field: 'size' }],
});
export const deepDetector = detectorWith(nestedIn(50_000));
export const listDetector = detectorWith({
  terms: { id: Array.from({ length: 60_000 }, (_, i) => `id-${i}`) },
});
export const wideDetector = {
  ...detectorWith('a'),
  features: Array.from({ length: 64 }, (_, i) => ({
    type: 'text',
    field: `f${i}`,
    patterns: Array.from({ length: 16 }, (_none, p) => ({ name: `p${p}`, regex: SLOW_PATTERNS[p % 4] })),
  })),
};
export const brokenDetector = {
  ...detectorWith('a'),
  features: Array.from({ length: 60_000 }, (_, i) => ({ type: `t${i}`, field: i })),
};

/** Logs with thousands of fields, long texts and lists, as the form of a detector looks at them. */
export const strangeLogs = Array.from({ length: 300 }, (_, row) => ({
  '@timestamp': START + row,
  message: 'x9'.repeat(16_000),
  ...Object.fromEntries(Array.from({ length: 300 }, (_none, i) => [`field_${i}`, `${row}-${i}`])),
  list: Array.from({ length: 1_000 }, (_none, i) => ({ a: i })),
}));

/** Linear expressions of everyday and of spite, and the text that they are matched against. */
export const everydayPatterns = ['error|fail(ed|ure)', '\\b\\d{1,3}(\\.\\d{1,3}){3}\\b', '(a.*b)|a'];
export const spitefulPatterns = SLOW_PATTERNS;
export const everydayLines = Array.from(
  { length: 2_000 },
  (_, i) =>
    `10.0.${i % 250}.${i % 99} - GET /shop/item/${i * 7} ${i % 9 ? 200 : 500} took ${i % 900} ms failure`,
);
export const spitefulLines = Array.from({ length: 100 }, (_, i) => slowText(i));
