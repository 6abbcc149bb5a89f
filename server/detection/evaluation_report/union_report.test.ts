import { evaluateScores, evaluateUnion, type ScoredUnit } from '../../../common/evaluation';
import { renderUnionPage } from './union_report';

const START = Date.UTC(2026, 0, 5);
const attack = `<script>alert("1")</script>' onload='x`;

const unit = (foundBy: string, anomalous: (row: number) => boolean, span?: number): ScoredUnit => ({
  detector: `Shop ${attack}`,
  modelVersion: 'demo-1',
  foundBy,
  threshold: 0.5,
  scores: Float64Array.from({ length: 200 }, (_none, row) => (row % 10 === 0 ? 0.7 : 0.3)),
  confidences: Float64Array.from({ length: 200 }, (_none, row) => (row % 10 === 0 ? 0.9 : 0.1)),
  times: Float64Array.from({ length: 200 }, (_none, row) => START + row * 300_000),
  truths: Array.from({ length: 200 }, (_none, row) =>
    anomalous(row) ? { anomaly: true, kind: `flood ${attack}`, incident: attack + row } : { anomaly: false },
  ),
  entities: Array.from({ length: 200 }, () => 'checkout'),
  queryDelay: 30_000,
  ...(span !== undefined && {
    bucket: { entityField: 'service.name', lengthOf: () => span, overAfter: () => span },
  }),
  valueOf: () => 'checkout',
  describe: () => ({
    ...{ score: 0.7, confidence: 0.9, severity: 'major' as const },
    ...{
      timestamp: '2026-01-05T01:00:00.000Z',
      entity: attack,
      reason: attack,
      excerpt: attack,
      truth: attack,
    },
  }),
});
const units = [
  unit('single log', (row) => row % 20 === 0),
  unit('per 5 minutes and service', (row) => row % 20 === 0, 300_000),
];
const evaluations = units.map((each) =>
  evaluateScores({ ...each, modelVersion: 'demo-1', alertsPerDay: 10, top: [] }),
);
const page = renderUnionPage({
  schema_version: 1,
  union: evaluateUnion({ units, alertsPerDay: 10 }),
  evaluations,
});

it('shows what happened, what found it, one list, and each unit by itself', () => {
  for (const title of ['What happened, and what found it', 'By kind of incident', 'Units', 'One list']) {
    expect(page).toContain(`<h2>${title}</h2>`);
  }
  expect(page.match(/<details>/g)).toHaveLength(2);
  expect(page).toContain('<b>10 / 10</b><span>incidents found</span>');
  expect(page).toContain('<b>0.500</b><span>precision of the list</span>');
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

it('escapes what comes from logs and needs nothing from outside', () => {
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/onload='/);
  expect(page).not.toMatch(/(src|href)=/);
});

it('leaves out what needs labels where there are none', () => {
  const plain = renderUnionPage({
    schema_version: 1,
    union: evaluateUnion({ units: units.map((each) => ({ ...each, truths: undefined })), alertsPerDay: 10 }),
    evaluations: [],
  });
  expect(plain).not.toContain('incidents found');
  expect(plain).toContain('rows in the list');
});
