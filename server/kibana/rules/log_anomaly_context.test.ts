import type { AnomalyResult } from '../../../common/anomaly';
import { parseDetector } from '../../../common/detector';
import { detectorHealthParamsSchema } from '../../../common/rules';
import { checkHealth } from './health_checks';
import { logAnomalyAlert, recoveredContext } from './log_anomaly_context';

const HOSTILE =
  'a\u001b[31m\u202e\u200b\u{e0041}\r\n\ud800 https://evil.example/x www.evil.example mailto:a@evil.example';
const base = { publicBaseUrl: 'https://kibana.test', space: 'default', kibanaVersion: '8.12.2' };
const result = {
  '@timestamp': '2026-01-05T10:00:00.000Z',
  event: { ingested: '2026-01-05T10:00:01.000Z', kind: 'alert' },
  detector: { id: 'd1', name: 'Web shop' },
  model: { version: 'm1' },
  anomaly: {
    score: 0.7,
    confidence: 0.95,
    severity: 'critical',
    threshold: 0.6,
    entity: HOSTILE,
    reason: `url.path is ${HOSTILE}, service.name is new`,
    attribution: [
      { feature: 'service.name', field: 'service.name', share: 1, actual: HOSTILE, typical: HOSTILE },
    ],
  },
  source: { index: HOSTILE, id: HOSTILE },
  run: { id: 'r1' },
  result: { type: 'log' },
  message: HOSTILE,
  url: { original: HOSTILE },
  'log.level': HOSTILE,
} as unknown as AnomalyResult;

/** All texts of a value, but for the links, which are ours and encoded. */
function textsIn(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return /link$/.test(name) ? [] : [[name, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, name === '' ? key : `${name}.${key}`));
}

const alert = logAnomalyAlert(
  { id: 'd1:x', name: HOSTILE, count: 1, newCount: 1, entityCount: 1, top: [{ id: 'r', result }] },
  '5m',
  base,
);
const health = checkHealth(
  {
    stored: {
      id: 'd1',
      enabled: true,
      updated_at: '2026-01-05T10:00:00.000Z',
      detector: parseDetector({
        name: 'D',
        source: { index: 'logs' },
        features: [{ type: 'number', field: 'b' }],
      }),
    } as never,
    status: {
      runs: { consecutive_failures: 9, last_error: { message: HOSTILE, next_step: 'Wait.' } } as never,
      training: { failure: { message: HOSTILE, next_step: 'Wait.' } } as never,
    },
    checkpoint: undefined,
    model: undefined,
    now: Date.parse('2026-01-05T10:01:00.000Z'),
  },
  detectorHealthParamsSchema.parse({}),
);

describe('what rules hand to actions', () => {
  it('has no confidence of the next severity', () => {
    const anomaly = { ...result.anomaly, confidence: 0.749_96, severity: 'warning' as const };
    const top = [{ id: 'r', result: { ...result, anomaly } }];
    const counts = { count: 1, newCount: 1, entityCount: 1 };
    const { context } = logAnomalyAlert({ id: 'd1:x', name: 'x', ...counts, top }, '5m', base);
    expect(context).toMatchObject({ confidence: 0.7499, severity: 'warning' });
  });

  const cases: [string, unknown][] = [
    ['the context of an alert', alert.context],
    ['the document of an alert', alert.payload],
    [
      'the context of a recovery',
      recoveredContext(`d1:${HOSTILE}`, '5m', base, { reason: HOSTILE, names: new Map([['d1', HOSTILE]]) }),
    ],
    ['findings on the health of a detector', health],
  ];
  it.each(cases)('%s is clean in every field', (_what, value) => {
    const texts = textsIn(value);
    expect(texts.filter(([, text]) => text.includes('evil')).length).toBeGreaterThan(1);
    for (const [, text] of texts) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u200b\u{e0041}]/u);
  });

  it.each([
    ...cases.filter(([what]) => !what.includes('document')),
    ['the reason of an alert', alert.payload['kibana.alert.reason']] as [string, unknown],
  ])('%s holds no link in a sentence', (_what, value) => {
    // Names that actions go by stay as they are.
    const sentences = textsIn(value).filter(([name]) => !/(^|\.)(entity|group|detector)$/.test(name));
    expect(sentences.some(([, text]) => text.includes('hxxps[:]//evil[.]example'))).toBe(true);
    for (const [, text] of sentences) expect(text).not.toMatch(/https?:\/\/|mailto:|evil\.example/);
  });

  it('keeps names of features readable', () => {
    expect(alert.context.reason).toContain('service.name is new');
    expect(alert.context.results[0].log_line).toContain('www[.]evil[.]example mailto[:]a@evil[.]example');
  });
});

it('says of which time results are that lie in windows of the past', () => {
  const to = Date.parse('2026-01-05T09:00:00.000Z');
  const span = { from: to - 120_000, to };
  const group = {
    id: 'd1:x',
    name: 'shop',
    count: 3,
    newCount: 3,
    entityCount: 1,
    top: [{ id: 'r', result }],
  };
  const messageOf = (more: object): string =>
    logAnomalyAlert({ ...group, ...more }, '5m', base).context.message;
  expect(messageOf({ span })).toMatch(
    /^3 anomalous logs of shop from 2026-01-05T08:58:00\.000Z to 2026-01-05T09:00:00\.000Z, found/,
  );
  expect(messageOf({})).toMatch(/^3 anomalous logs of shop in 5m, found/);
});

describe('the context of a recovery', () => {
  const names = new Map([['d1', 'Web shop']]);

  it('names the detector as the alert did that began', () => {
    expect(recoveredContext('d1', '5m', base, { names })).toMatchObject({
      message: 'Web shop is back to normal: too few anomalous logs in 5m',
      ...{ group: 'Web shop', detector: 'Web shop', detector_id: 'd1' },
    });
    expect(recoveredContext('d1:till', '5m', base, { names })).toMatchObject({
      ...{ group: 'till', detector: 'Web shop', detector_id: 'd1' },
    });
  });

  it('has the id of one that is gone', () => {
    expect(recoveredContext('d2', '5m', base, { names })).toMatchObject({ group: 'd2', detector: 'd2' });
  });
});
