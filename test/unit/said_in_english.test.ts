import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import type { CandidateCheck, ReadinessFinding } from '../../common/api';
import type { CandidateCheck as Check } from '../../common/api/gate';
import { DETECTION_ERROR_CODES } from '../../common/detection_error';
import { CHANGE_PHRASES, writePhrase, type ChangePhrase } from '../../common/threshold/change_phrases';
import { changeText } from '../../public/pages/models/change_text';
import { checkText } from '../../public/pages/models/check_text';
import { nextStepText } from '../../public/shared/failure_text';
import { readinessText } from '../../public/shared/readiness_text';
import { alertRateCheck } from '../../server/detection/promotion_watch';
import { judgeCandidate } from '../../server/detection/candidate_gate';
import { lagFindingOf, readinessOf, type LagFacts } from '../../server/detection/readiness';
import { nextStepFor } from '../../server/kibana/failure_advice';
import { promotionSettingsSchema } from '../../common/upkeep_settings';

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
  const findings = (): ReadinessFinding[] => [
    ...readinessOf({ enough: { logs: 1_000, needed: 2_560, span: 2 * HOUR } }),
    ...readinessOf({ enough: { logs: 0, needed: 256, span: undefined } }),
    ...readinessOf({
      times: Array.from({ length: 72 * 50 }, (_each, i) => START + Math.floor(i / 50) * HOUR).filter(
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
  ];

  it('is said by the pages as by the server', () => {
    expect(findings()).toHaveLength(12);
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
