import fc from 'fast-check';
import { stringify } from 'yaml';
import { ENDPOINTS, type Operation } from '../../../common/api';
import { detectorSchema } from '../../../common/detector';
import { newDetectorSchema, queryProblem } from '../../../common/detector/query_limits';
import { compileRegex, ProgramTooLarge, UnsupportedSyntax } from '../../../common/linear_regex';
import { MAX_MATCHES, safePatterns } from '../../../common/log_features/text/bounded_regex';
import { readCalendar } from '../../../common/suppressions';
import { parseWith } from '../../../common/validation';
import { readYamlDocuments } from '../../../common/yaml_documents';
import { registerRoutes } from '../../../server/kibana/routes/register_routes';
import type { Router, RouteValidation } from '../../../server/kibana/contracts/contracts';
import { requestsOf } from '../requests';
import {
  bounded,
  ON_ITS_OWN_THREAD,
  boundedSteps,
  edited,
  edits,
  holds,
  hostileJson,
  hostileText,
  reportLongest,
  RUNS,
} from './fuzzing';

jest.setTimeout(600_000);
afterAll(reportLongest);

const START = Date.parse('2026-03-02T10:00:00Z');
const DAY = 86_400_000;
const detector = detectorSchema.parse({
  name: 'Web',
  source: { index: 'logs', query: { bool: { filter: [{ term: { 'service.name': 'web' } }] } } },
  entity_field: 'service.name',
  features: [
    { type: 'number', field: 'event.duration' },
    {
      type: 'deviation',
      field: 'event.duration',
      by: ['service.name', { route: 'url.original' }],
      name: 'slow',
    },
    { type: 'text', field: 'message', patterns: [{ name: 'ip', regex: '\\d{1,3}(\\.\\d{1,3}){3}' }] },
    { type: 'template', field: 'message', name: 'template' },
  ],
});

describe('calendars', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'BEGIN:VEVENT',
      'END:VEVENT',
      'BEGIN:VTIMEZONE',
      'END:VTIMEZONE',
      'BEGIN:STANDARD',
      'END:STANDARD',
      'TZID:Z',
      'UID:1',
      'DTSTART:20260302T100000Z',
      'DTSTART;TZID=Z:20260302T100000',
      'DTSTART;VALUE=DATE:20260302',
      'DTSTART:00010101T000000',
      'DTSTART:99991231T235959Z',
      'DTEND:20260302T110000Z',
      'DTEND:20250302T110000Z',
      'DURATION:PT1H',
      'DURATION:-P9999999W',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+9999',
      'EXDATE:20260303T100000Z',
      'RECURRENCE-ID:20260303T100000Z',
      'STATUS:CANCELLED',
      'RDATE:20260304T100000Z,20260305T100000Z',
      'X-WR-TIMEZONE:Europe/Berlin',
      'X-WR-TIMEZONE:__proto__',
      'RRULE:FREQ=SECONDLY',
      'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'RRULE:FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=-5',
    ),
    fc
      .record({
        freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY'),
        interval: fc.constantFrom(
          '',
          ';INTERVAL=1',
          ';INTERVAL=7',
          ';INTERVAL=0',
          ';INTERVAL=-1',
          ';INTERVAL=99999999',
        ),
        part: fc.constantFrom(
          '',
          ';BYDAY=MO,TU',
          ';BYDAY=-1SU',
          ';BYDAY=53MO',
          ';BYMONTH=13',
          ';BYMONTHDAY=31,-31',
          ';BYHOUR=0,1,2,99',
          ';BYSETPOS=366',
          ';BYWEEKNO=53',
          ';BYMINUTE=0,1,2,3,4,5,6,7,8,9',
          ';COUNT=999999999',
          ';UNTIL=00010101T000000Z',
          ';BYYEARDAY=366',
          ';WKST=XX',
        ),
        more: fc.constantFrom('', ';BYDAY=FR', ';BYMONTHDAY=29', ';BYMONTH=2', ';BYSECOND=59'),
      })
      .map(({ freq, interval, part, more }) => `RRULE:FREQ=${freq}${interval}${part}${more}`),
    hostileText.map((text) => text.slice(0, 200)),
  );
  const event = fc.array(line, { maxLength: 6 });
  const calendar = fc
    .array(fc.tuple(fc.constantFrom('VEVENT', 'VEVENT', 'VTIMEZONE'), event), { minLength: 1, maxLength: 5 })
    .map((components) =>
      [
        'BEGIN:VCALENDAR',
        ...components.flatMap(([name, lines]) => [
          `BEGIN:${name}`,
          'UID:1',
          'DTSTART:20260101T100000Z',
          ...lines,
          `END:${name}`,
        ]),
        'END:VCALENDAR',
      ].join('\r\n'),
    );

  it('of anything are refused or followed, a step at a time', () => {
    let followed = 0;
    holds(fc.tuple(calendar, fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu')), ([text, zone]) => {
      const read = bounded('reading a calendar', () => readCalendar(text, zone), ON_ITS_OWN_THREAD);
      if (read === undefined) return;
      const range = { from: START, to: START + 400 * DAY };
      const windows = boundedSteps(
        'following a calendar',
        () => read.windowsInSteps(range),
        ON_ITS_OWN_THREAD,
      );
      if (windows === undefined) return;
      followed++;
      for (const { from, to } of windows)
        if (!(from < to)) throw new Error(`A window is from ${from} to ${to}.`);
    });
    expect(followed).toBeGreaterThan(RUNS / 50);
  });
});

describe('patterns of users', () => {
  const atom = fc.constantFrom(
    'a',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\b',
    '^',
    '$',
    '[a-z]',
    '[^a]',
    '[\\s\\S]',
    '\\u{1f600}',
    '\\x41',
    'é',
    '(?:a|aa)',
    '(?=a)',
    '(?<=a)',
    '\\1',
    '(?<n>a)',
    '\\p{L}',
    '[',
    ')',
    '\\',
    '|',
    'x*',
    '(',
    '.*.*.*',
    '(a+)+',
    '(a|a)*',
    '[a-z]{0,200}',
  );
  const times = fc.constantFrom(
    '',
    '',
    '*',
    '+',
    '?',
    '*?',
    '{2}',
    '{0,30}',
    '{30,}',
    '{1000}',
    '{2,1}',
    '{99999999}',
    '**',
  );
  const pattern = fc
    .oneof(
      fc.array(fc.tuple(atom, times), { minLength: 1, maxLength: 12 }).map((parts) => parts.flat().join('')),
      fc
        .array(fc.tuple(atom, times), { minLength: 1, maxLength: 5 })
        .map((parts) => `((${parts.flat().join('')})*(${parts.flat().join('')}){1,9})+$`),
      hostileText,
    )
    .map((text) => text.slice(0, 200));
  const subject = fc.oneof(
    hostileText,
    fc
      .tuple(fc.constantFrom('a', 'ab', '0', 'aA ', '\ud800', 'aaaaab'), fc.constantFrom(1, 50, 4_000))
      .map(([unit, count]) => unit.repeat(count)),
  );

  it('are refused or matched in bounded time', () => {
    let matched = 0;
    holds(fc.tuple(pattern, subject), ([regex, text]) => {
      bounded('compiling a pattern', () => {
        try {
          compileRegex(regex, 2_048);
        } catch (error) {
          if (
            error instanceof SyntaxError ||
            error instanceof UnsupportedSyntax ||
            error instanceof ProgramTooLarge
          )
            return;
          throw error;
        }
      });
      const patterns = bounded('compiling a pattern', () => safePatterns([{ name: 'p', regex }]));
      if (patterns === undefined) return;
      matched++;
      bounded('matching a pattern', () => patterns[0].count(text, MAX_MATCHES));
      bounded('finding places', () => patterns[0].places(text, MAX_MATCHES));
    });
    expect(matched).toBeGreaterThan(RUNS / 10);
  });
});

const LONGEST_YAML = 4_000;

describe('YAML', () => {
  const whole = stringify(detector);
  const piece = fc.oneof(
    fc.constantFrom(
      '- ',
      '? ',
      ': ',
      '&a ',
      '*a',
      '*a *a',
      '!!js/function',
      '!!binary ',
      '!<tag:yaml.org,2002:str>',
      '<<: *a\n',
      '|\n',
      '>-\n',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '#',
      '\t',
      '\n',
      '  ',
      '__proto__: {polluted: 1}\n',
      'constructor: 1\n',
      '0x',
      '0o7',
      '1e999',
      '.inf',
      '2026-03-02',
      '~',
      'a: &a [*a]\n',
      '[[[[[[',
      '{{{{{{',
    ),
    hostileText.map((text) => text.slice(0, 300)),
  );
  const mutilated = fc
    .tuple(fc.array(fc.tuple(fc.nat(whole.length), piece), { minLength: 1, maxLength: 4 }))
    .map(([places]) =>
      places.reduce((text, [at, given]) => text.slice(0, at) + given + text.slice(at), whole),
    );
  const assembled = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  const rewritten = edits(2).map((changes) => {
    try {
      return stringify(edited(detector as unknown, changes)).slice(0, LONGEST_YAML);
    } catch {
      return '';
    }
  });

  it('of anything is refused or read, and its detectors are', () => {
    let read = 0;
    holds(fc.oneof(mutilated, assembled, rewritten), (text) => {
      const answer = bounded('reading YAML', () => readYamlDocuments(text), ON_ITS_OWN_THREAD)!;
      if (answer.documents === undefined) return;
      for (const { value } of answer.documents) {
        read++;
        bounded('checking a detector', () => parseWith(newDetectorSchema, value, 'The detector'));
      }
    });
    expect(read).toBeGreaterThan(RUNS / 10);
  });
});

const SCRIPTS = /"(script|wrapper|script_score|percolate|has_child|terms_set)":/;

describe('requests', () => {
  const validations = new Map<string, Partial<Record<'params' | 'query' | 'body', RouteValidation>>>();
  const add = (route: { path: string; validate: object }, method: string): void =>
    void validations.set(`${method} ${route.path}`, route.validate);
  registerRoutes(
    Object.fromEntries(
      ['get', 'post', 'put', 'delete'].map((method) => [method, (route: never) => add(route, method)]),
    ) as unknown as Router,
    { getServices: () => Promise.reject(new Error('none')), log: {} as never, largestModelBytes: 1e6 },
  );
  const requests = requestsOf({
    detectorId: 'd',
    detector,
    version: 'v',
    models: ['m-1', 'm-2'],
    modelFile: {},
    result: { id: 'r', index: 'logs', sourceId: 's' },
    judged: { index: 'logs', id: 's' },
    suppressionId: 's',
    incidentId: 'i',
    annotationId: 'no-such-annotation',
    from: START,
    to: START + DAY,
  });
  const operations = Object.keys(ENDPOINTS) as Operation[];
  const PARTS = ['params', 'query', 'body'] as const;

  it('of anything are refused with words or taken', () => {
    let taken = 0;
    holds(fc.tuple(fc.constantFrom(...operations), edits(3), hostileJson), ([operation, changes, other]) => {
      const { method, path } = ENDPOINTS[operation];
      const validate = validations.get(`${method} ${path}`)!;
      for (const part of PARTS) {
        const check = validate[part];
        if (check === undefined) continue;
        const given = requests[operation][part] ?? {};
        for (const data of [edited(given as unknown, changes), other]) {
          const answer = bounded(`checking the ${part} of a request`, () =>
            check(data, {
              ok: () => ({ value: 'taken' }),
              badRequest: (error: unknown) => ({ error: String(error) }),
            }),
          ) as { value?: string; error?: string };
          if (answer.value !== undefined) taken++;
          else if (!/^.+: .+/s.test(answer.error ?? '') || answer.error!.length > 200_000) {
            throw new Error(`${operation} says of its ${part}: ${answer.error}`);
          }
        }
      }
    });
    expect(taken).toBeGreaterThan(RUNS / 10);
  });

  it('with any query are refused or have no script in it', () => {
    const types = fc.constantFrom(
      'bool',
      'nested',
      'term',
      'terms',
      'match_phrase',
      'range',
      'exists',
      'script',
      'wrapper',
      'script_score',
      'regexp',
      'wildcard',
      'query_string',
      'ids',
      '__proto__',
      'constructor',
      'has_child',
      'percolate',
      'terms_set',
      'more_like_this',
      'knn',
    );
    const compound = fc.constantFrom('bool', 'bool', 'nested', 'constant_score', 'script_score', 'has_child');
    const query = fc.letrec<{ clause: unknown }>((tie) => ({
      clause: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'query' },
        fc.tuple(types, hostileJson).map(([type, settings]) => ({ [type]: settings })),
        fc
          .tuple(
            compound,
            fc.constantFrom('filter', 'must', 'should', 'query', 'field'),
            fc.array(tie('clause'), { maxLength: 4 }),
          )
          .map(([type, name, inner]) => ({ [type]: { [name]: inner } })),
      ),
    })).clause;
    holds(query, (given) => {
      const problem = bounded('checking a query', () => ({ problem: queryProblem(given) }))!.problem;
      if (problem !== undefined) return;
      expect(JSON.stringify(given)).not.toMatch(SCRIPTS);
    });
  });
});
