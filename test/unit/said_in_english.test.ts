import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';
import { ANNOTATION_KINDS, precedenceText, type Annotation } from '../../common/annotations';
import type { Attribution } from '../../common/anomaly';
import type { CandidateCheck, ReadinessFinding } from '../../common/api';
import type { CandidateCheck as Check } from '../../common/api/gate';
import { DETECTION_ERROR_CODES } from '../../common/detection_error';
import {
  FAILURE_SENTENCES,
  sentenceError,
  type FailureSentence,
} from '../../common/sentences/failure_sentences';
import { problemsOf, type ProblemPhrase } from '../../common/problem_words';
import { partReason, STEP_REASONS } from '../../common/incidents';
import { MODEL_NOTES } from '../../common/model_snapshot/model_notes';
import { PATTERN_CHANGES } from '../../common/patterns';
import { CHANGE_PHRASES, writePhrase, type ChangePhrase } from '../../common/threshold/change_phrases';
import { PHRASES, reasonOf, sentenceOf, type Comparison } from '../../common/explanations';
import { changeText } from '../../public/pages/models/change_text';
import { noteText } from '../../public/shared/values/model_note';
import { checkText } from '../../public/pages/models/check_text';
import { stepText } from '../../public/shared/incidents/step_text';
import { precedenceSentence } from '../../public/shared/values/annotation_text';
import { problemText } from '../../public/shared/values/problem_text';
import { failureSentence } from '../../public/shared/app/failure_sentence';
import { nextStepText } from '../../public/shared/requests/failure_text';
import { formatDuration, formatSpan } from '../../public/shared/values/format';
import { readinessText } from '../../public/shared/detector/readiness_text';
import { reasonText, sentenceText } from '../../public/shared/results/sentence_text';
import { alertRateCheck } from '../../server/detection/promotion/promotion_watch';
import { judgeCandidate } from '../../server/detection/promotion/candidate_checks';
import { lagFindingOf, readinessOf, type LagFacts } from '../../server/detection/upkeep/readiness';
import { kibanaFindings } from '../../server/kibana/records/known_kibanas';
import { nextStepFor } from '../../server/kibana/records/failure_advice';
import { promotionSettingsSchema } from '../../common/detector/upkeep_settings';

let locale = 'en';
const french = (
  JSON.parse(readFileSync(resolve(__dirname, '../../translations/fr-FR.json'), 'utf8')) as {
    messages: Record<string, string>;
  }
).messages;

jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: {
      getLocale: () => locale,
      translate: (id: string, { defaultMessage, values }: { defaultMessage: string; values?: object }) =>
        new IntlMessageFormat(locale === 'en' ? defaultMessage : french[id], locale).format(values as never),
    },
  }),
  { virtual: true },
);

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);

const inFrench = <Text>(say: () => Text): Text => {
  locale = 'fr-FR';
  try {
    return say();
  } finally {
    locale = 'en';
  }
};

/*
 * The server writes a sentence for logs, files and the command line, and gives what it is made of to the pages. Both must say
 * the same: each sentence of the server is made again from its parts, in English, and differs in French.
 */
describe('what stands in the way of a detector', () => {
  const lag: LagFacts = { lag: 600_000, usual: 60_000, enabled: true, failures: 0, complete: true };
  const at = new Date(START).toISOString();
  const findings = (): ReadinessFinding[] => [
    ...readinessOf({ enough: { logs: 1_000, needed: 2_560, span: 2 * HOUR, window: 7 * 86_400_000 } }),
    ...(['calendar', 'quiet_times', 'both'] as const).flatMap((by) =>
      readinessOf({
        enough: {
          ...{ logs: 1_000, needed: 2_560, span: 2 * HOUR, window: 7 * 86_400_000 },
          leftOut: { by, logsInWindow: 5_320, isEstimate: by === 'calendar' },
        },
      }),
    ),
    ...readinessOf({ enough: { logs: 0, needed: 256, span: undefined, window: 7 * 86_400_000 } }),
    ...readinessOf({
      times: Array.from({ length: 96 * 50 }, (_each, i) => START + Math.floor(i / 50) * HOUR).filter(
        (time) => new Date(time).getUTCHours() > 2,
      ),
      features: [{ name: 'status', columns: 0 }],
      dirt: { report: { bytes: { missing: 123 }, size: { wrong_type: 7_000 } }, logs: 1_000 },
      anomalies: { shown: 40, suppressed: 60 },
    }),
    ...[{}, { failures: 1, lastError: 'no such index.' }, { failures: 3, lastError: 'gone' }].map(
      (change) => ({
        ...lagFindingOf({ ...lag, ...change })!,
      }),
    ),
    lagFindingOf({ ...lag, complete: false })!,
    lagFindingOf({ ...lag, sinceLastRun: 3 * HOUR })!,
    ...kibanaFindings(
      [
        { id: 'a', name: 'one', channels: ['slack'], notify: 'incidents', since: at, at },
        { id: 'b', name: 'other', channels: [], since: at, at },
      ],
      undefined,
      START,
    ),
  ];

  it('is said by the pages as by the server', () => {
    expect(findings()).toHaveLength(16);
    for (const finding of findings()) {
      const { message, next_step: nextStep, said } = finding;
      expect([said?.code, readinessText(finding)]).toEqual([said?.code, { message, nextStep }]);
      const other = inFrench(() => readinessText(finding));
      expect([said?.code, other.message]).not.toEqual([said?.code, message]);
      expect([said?.code, other.nextStep]).not.toEqual([said?.code, nextStep]);
    }
  });

  it('keeps the words of a server that knows more', () => {
    const finding: ReadinessFinding = { ...findings()[0], said: { code: 'new_one', values: {} } };
    expect(readinessText(finding).message).toBe(finding.message);
    expect(readinessText({ ...finding, said: undefined }).nextStep).toBe(finding.next_step);
  });

  it('names what has drifted', () => {
    const [finding] = readinessOf({
      drift: {
        at: '',
        from: '',
        logs: 2_000,
        model_version: 'a',
        score_drift: 0.3,
        features: [
          { feature: 'duration', drift: 0.61 },
          { feature: 'bytes', drift: 0.1 },
        ],
        largest: 0.61,
        limit: 0.25,
        over: true,
      },
    });
    expect(readinessText(finding).message).toMatch(/: scores 0\.30, duration 0\.61 \(population.*0\.25\)/);
  });
});

it.each(DETECTION_ERROR_CODES)(
  'what to do about a failure, %s, is said by the pages as by the server',
  (code) => {
    const failure = { code, next_step: 'something else' };
    expect(nextStepText(failure)).toBe(nextStepFor(code));
    expect(inFrench(() => nextStepText(failure))).not.toBe(nextStepFor(code));
  },
);

it.each(Object.keys(CHANGE_PHRASES) as ChangePhrase[])(
  'why a threshold moved, %s, is said by the pages as by the server',
  (phrase) => {
    const reason = writePhrase(phrase, 21, 42);
    expect(changeText(reason)).toBe(reason);
    expect(inFrench(() => changeText(reason))).not.toBe(reason);
    expect(changeText(`${reason}, said by hand`)).toBe(`${reason}, said by hand`);
  },
);

describe('what is wrong with a setting', () => {
  const object = z.strictObject({ a: z.string() });
  const given: Record<ProblemPhrase, [z.ZodType, unknown]> = {
    missing: [z.string(), undefined],
    text: [z.string(), 1],
    number: [z.number(), Number.NaN],
    whole_number: [z.number().int(), 1.5],
    truth: [z.boolean(), 1],
    list: [z.array(z.string()), 1],
    object: [object, 1],
    time: [z.date(), 1],
    nothing: [z.undefined(), 1],
    type: [z.symbol(), 1],
    empty: [z.string().min(1), ''],
    characters_at_least: [z.string().min(2_000), 'a'],
    characters_at_most: [z.string().max(1), 'aa'],
    entries_at_least: [z.array(z.string()).min(2), []],
    entries_at_most: [z.array(z.string()).max(0), ['a']],
    at_least: [z.number().min(0.01), 0],
    more_than: [z.number().gt(0), 0],
    at_most: [z.number().max(1), 2],
    less_than: [z.number().lt(1), 2],
    multiple_of: [z.number().multipleOf(5), 2],
    one_value: [z.literal('a'), 'b'],
    one_of: [z.enum(['a', 'b']), 'c'],
    unknown_settings: [object, { a: '', b: 1 }],
    pattern: [z.string().regex(/^a/), 'b'],
    format: [z.email(), 'b'],
    invalid: [z.string().refine(() => false, { error: undefined }), 'b'],
  };

  it.each(Object.entries(given))('%s is said by the pages as by the server', (phrase, [schema, input]) => {
    const [issue] = schema.safeParse(input).error!.issues;
    const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
    expect(problemsOf(issue, input).map((problem) => problem.phrase)).toEqual([phrase]);
    expect(problemText(issue, input).replaceAll(',', '')).toBe(sentence(issue.message).replaceAll(',', ''));
    expect(inFrench(() => problemText(issue, input))).not.toBe(problemText(issue, input));
  });
});

describe('why something failed', () => {
  const values = {
    id: 'cart',
    version: 'v7',
    index: 'logs-*',
    rights: 'read',
    field: 'at',
    setting: 'timestamp_field',
  };
  const all = { ...values, type: 'long', existing: 30, added: 2, most: 31, logs: 3, needed: 256 };
  const said = (code: string, given: Record<string, string | number>) => ({
    message: 'Said by the server.',
    said: { code, values: given },
  });

  it.each(Object.keys(FAILURE_SENTENCES) as FailureSentence[])(
    'is said by the pages as by the server: %s',
    (sentence) => {
      const error = sentenceError('refused', sentence, all);
      expect(failureSentence(error)).toBe(error.message);
      expect(error.message).not.toMatch(/[{}]/);
      expect(inFrench(() => failureSentence(error))).not.toBe(error.message);
    },
  );

  it.each([
    [
      'elasticsearch_unavailable',
      { reason: 'refused' },
      'Elasticsearch ne répond pas, ou est surchargé\u00a0: refused',
    ],
    ['elasticsearch_forbidden', { reason: 'r' }, 'Il manque un droit dans Elasticsearch\u00a0: r'],
    ['index_missing', { index: 'shop' }, 'Il n’y a pas d’index «\u00a0shop\u00a0».'],
    ['kibana_busy', { seconds: 1 }, 'Kibana est occupé par d’autres requêtes. Réessayez dans 1 seconde.'],
    [
      'no_log',
      { index: 'shop', span: 'last', from: '7d', to: '', hasOthers: 'yes', selected: 'none' },
      'shop contient des logs en 7 jours, mais aucun que la requête choisisse.',
    ],
  ])('has a sentence of the pages where the server says more: %s', (code, given, french) => {
    const text = inFrench(() => failureSentence(said(code, given)));
    expect(text).toBe(french);
    expect(failureSentence(said(code, given))).not.toBe('Said by the server.');
  });

  it('keeps the words of a server that knows more, and of one that says no code', () => {
    expect(inFrench(() => failureSentence(said('new_one', {})))).toBe('Said by the server.');
    expect(failureSentence({ message: 'As it is.' })).toBe('As it is.');
  });
});

describe('why a log is anomalous', () => {
  const told = (comparison: Comparison, field = 'a.field'): Attribution => ({
    feature: field,
    field,
    share: 1,
    actual: '',
    typical: '',
    comparison,
  });
  const range = { value: 4_213_000_000, unit: 'ns', low: 1e8, high: 3e8 } as const;
  const status = { kind: 'status', value: '500', usual: '201', usual_share: 0.9996, logs: 12_400 } as const;
  const text = { kind: 'text', value: '/x', length: 2, low: 40, high: 60 } as const;
  const all = [
    told({ kind: 'number', ...range }, 'event.duration'),
    told({ kind: 'number', ...range, group: 'GET /cart/…' }),
    told({ kind: 'number', ...range, hourly: true }),
    told({ kind: 'number', ...range, group: 'GET /cart/…', group_logs: 14, hourly: true }),
    told({ kind: 'number', value: 5_242_880, unit: 'bytes', low: 1, high: 1 }),
    told({ kind: 'number', value: 3, unit: 'gb', count: 0, logs: 12_400 }),
    told({ kind: 'number', low: 1.5, high: 2.5 }),
    told(status, 'http.response.status_code'),
    told({ ...status, group: 'POST /charge', group_logs: 40 }, 'http.response.status_code'),
    told({ ...status, group: 'shop' }, 'log.level'),
    told({ ...status, count: 0 }, 'log.level'),
    told({ ...status, value: '201', usual_share: 0.35 }),
    told({ ...status, value: '201', group: 'shop' }),
    told({ kind: 'value', value: 'eve', count: 0, logs: 25_600 }),
    told({ kind: 'value', value: 'root', count: 3, logs: 25_600, usual: 'ann', usual_share: 0.99 }),
    told({ kind: 'value', value: 'root', count: 3, at_most: true, logs: 25_600 }),
    told({ kind: 'template', value: 'a <*>', count: 3_000, logs: 25_600 }),
    told({ kind: 'together', value: 'ann with web-7', count: 0, logs: 25_600 }),
    told(text),
    told({ ...text, value: '/', length: 1 }),
    told({ ...text, length: 50 }),
    told({ ...text, signs: [{ category: 'path_traversal', name: '../' }], more_signs: 2, signs_share: 0.2 }),
    told({ ...text, signs: [{ category: 'pattern', name: 'mine' }] }),
    told({ kind: 'signs', value: '/x', is_odd: true }),
    told({ kind: 'signs', value: '/x' }),
    told({ kind: 'hour', value: 192, low: 8, high: 18, count: 0, logs: 12_400 }),
    told({ kind: 'hour', value: 192, logs: 12_400 }),
    told({ kind: 'weekday', value: 0, days: [1, 2, 3, 4, 5], logs: 12_400 }),
    told({ kind: 'weekday', value: 0, logs: 12_400 }),
    ...PATTERN_CHANGES.map((change) =>
      told({ kind: 'change', change, value: 'Disk <*> is full', count: 1, expected: 12.5 }, 'message'),
    ),
    told({ kind: 'change', change: 'surging', value: 'Retry', count: 1_200, expected: 0.42 }, 'message'),
  ];

  it.each(all.map((each) => [JSON.stringify(each.comparison), each] as const))(
    'is said by the pages as by the server: %s',
    (_, each) => {
      const reason = reasonOf([each]);
      expect(reasonText({ attribution: [each], reason: 'stored' })).toBe(reason);
      expect(sentenceText(each)).toBe(sentenceOf(each));
      expect(reason).not.toMatch(/\{[a-z_]+\}/);
      expect(inFrench(() => sentenceText(each))).not.toBe(sentenceOf(each));
    },
  );

  it('has each phrase in French', () => {
    const ids = Object.keys(french).filter((id) => id.startsWith('logAnomalies.sentence.'));
    expect(ids).toHaveLength(Object.keys(PHRASES).length);
  });

  it('has the numbers, units and days of the language', () => {
    expect(inFrench(() => sentenceText(all[0]))).toBe('4,2 s, habituellement 0,1 à 0,3 s');
    expect(inFrench(() => sentenceText(all[4]))).toBe('5 Mo, habituellement 1 octet');
    expect(inFrench(() => sentenceText(all[27]))).toBe('dimanche, habituellement lundi à vendredi');
  });

  it('keeps the words of 0.1.0', () => {
    const stored = { feature: 'a', field: 'a', share: 1, actual: '9', typical: '1' };
    const reason = 'a 9 (typical 1) stands out';
    expect(reasonText({ attribution: [stored], reason })).toBe(reason);
    expect(sentenceText(stored)).toBe('9, usually 1');
  });
});

describe('what was checked of a model', () => {
  const measures = {
    rows: 2_000,
    threshold: 0.6,
    alert_share: 0.01,
    alerts_per_day: 40,
    false_alarms_per_day: 30,
    score_drift: 0.12,
    feature_drift: { feature: 'duration', drift: 0.34 },
    known: { logs: 10, found: 8 },
    planted: { logs: 160, found: 114 },
    microseconds_per_log: 4,
  };
  // Such as are written alike with two digits and with as many as are needed.
  const { limits } = promotionSettingsSchema.parse({ limits: { min_agreement: 0.45 } });
  const evidence = {
    logs: 5_000,
    logs_per_day: 10_000,
    asked_share: 0.01,
    candidate: measures,
    active: measures,
    falseAlarms: { candidate: 45, active: 40 },
    agreement: { rank: 0.95, flagged_by_both: 0.8 },
    planted: [],
    planted_lost: { found: 119, lost: 2 },
    kinds_lost: [{ kind: 'far value in duration', found: 40, lost: 1 }],
    known_lost: { found: 8, lost: 1 },
    blind_features: ['bytes'],
    isActiveStale: false,
  } as unknown as Parameters<typeof judgeCandidate>[0];
  const judge = (change: Partial<typeof evidence>): Check[] => [
    ...judgeCandidate({ ...evidence, ...change }, { limits, isSameMakeup: true }).checks,
  ];
  const rate = {
    before: { version: 'a', logs: 10_000, anomalies: 100 },
    after: { version: 'b', logs: 20_000, anomalies: 1_500 },
    askedShare: 0.01,
    maxRatio: 1.5,
  } as Parameters<typeof alertRateCheck>[0];

  it('is said by the pages as by the server', () => {
    const checks = [
      ...judge({}),
      ...judge({ blind_features: [], isActiveStale: true }),
      alertRateCheck({ ...rate, sharedAlerts: undefined }),
      alertRateCheck({ ...rate, sharedAlerts: 0.25 }),
    ];
    const codes = new Set(checks.map(({ said }) => said?.code));
    expect(codes.size).toBe(15);
    for (const check of checks) {
      expect([check.said?.code, checkText(check)]).toEqual([check.said?.code, check.message]);
      expect(inFrench(() => checkText(check))).not.toBe(check.message);
    }
  });

  it('keeps the words of what has none of ours, such as a trial of a pipeline', () => {
    const check: CandidateCheck = { name: 'pipeline', verdict: 'fail', value: 1, limit: 0, message: 'No.' };
    expect(checkText(check)).toBe('No.');
  });
});

it.each(Object.values(MODEL_NOTES))(
  'the note of a model is said in the language of the reader: %s',
  (note) => {
    expect(noteText(note)).toBe(note);
    expect(inFrench(() => noteText(note))).not.toBe(note);
    expect(inFrench(() => noteText('before the sale'))).toBe('before the sale');
  },
);

it('lengths of time have the units of the language', () => {
  const lengths = [500, 75_000, 240_000, 7_500_000, 190_000_000];
  const durations = ['1s', '5m', '12h', '3d', '2w', 'soon'];
  expect(durations.map(formatDuration)).toEqual([
    '1 second',
    '5 minutes',
    '12 hours',
    '3 days',
    '2 weeks',
    'soon',
  ]);
  expect(inFrench(() => formatDuration('3d'))).toBe('3 jours');
  expect(lengths.map(formatSpan)).toEqual(['<1s', '75s', '4m', '2h 05m', '2d 4h']);
  expect(inFrench(() => lengths.map(formatSpan)).map((text) => text.replace(/\u00a0/g, ' '))).toEqual([
    ...['< 1 s', '75 s', '4 min', '2 h 05 min', '2 j 4 h'],
  ]);
});

describe('the history of an incident', () => {
  const at = new Date(START).toISOString();
  const reasons = [...Object.values(STEP_REASONS), partReason('a "b" of c', false), partReason('a', true)];

  it.each(reasons)('says in the language of the reader: %s', (because) => {
    const step = { at, action: 'closed' as const, because };
    expect(stepText(step)).toBe(`closed. ${because}`);
    const said = inFrench(() => stepText(step));
    expect(said).toMatch(/^clos\. ./);
    expect(said).not.toContain(because);
  });

  it('names severities and writes counts as the language does', () => {
    const severity = { at, action: 'severity_changed' as const, from: 'minor', to: 'major' };
    expect(inFrench(() => stepText(severity))).toBe('la gravité a changé\u00a0: mineure → majeure');
    expect(stepText({ at, action: 'grew', from: '900', to: '12000' })).toBe('grew: 900 → 12,000');
  });

  it('keeps what a server says that knows more', () => {
    expect(inFrench(() => stepText({ at, action: 'closed', because: 'So it is' }))).toBe('clos. So it is');
  });
});

describe('the change that an incident began after', () => {
  const start = new Date(START).toISOString();
  const ends = new Date(START + HOUR).toISOString();
  const given = ANNOTATION_KINDS.flatMap((kind): Annotation[] => {
    const one = {
      ...{ id: 'a', kind, title: 'Release', at: new Date(START - 125_000).toISOString() },
      ...{ entities: ['cart'], version: '1.42', recorded_at: start },
    };
    const ends_at = new Date(START + HOUR).toISOString();
    return [
      one,
      { ...one, at: new Date(START - 20_000).toISOString(), entities: [] },
      { ...one, ends_at, version: undefined },
      { ...one, at: new Date(START + 60_000).toISOString() },
    ];
  });

  it.each(given)('$kind is said by the pages as by the server', (each) => {
    for (const length of [20, 5 * 60, 3 * 3_600, 3 * 86_400]) {
      const incident = { start, began_by: new Date(START + length * 1_000).toISOString() };
      expect(precedenceSentence(each, incident)).toBe(precedenceText(each, incident));
    }
    expect(inFrench(() => precedenceSentence(each, { start, began_by: ends }))).toMatch(
      /^A commencé (pendant|\d+ (s|min) après|dans la même période de 60 min que) l/,
    );
  });
});
