import { evaluateScores, type EvaluationInput } from '../../../common/evaluation';
import { renderEvaluationPage } from './evaluation_report';
import { ticksOf, timeTicksOf } from './evaluation_report_axes';
import { markup } from './evaluation_report_markup';

const START = Date.UTC(2026, 0, 5);
const COUNT = 400;
const attack = `<script>alert("1")</script>' onload='x`;
const isAnomaly = (row: number): boolean => row % 20 === 0;

const input: EvaluationInput = {
  modelVersion: 'demo-20260105T000000-01234567',
  detector: `Shop ${attack}`,
  scores: Float64Array.from({ length: COUNT }, (_, row) => (isAnomaly(row) ? 0.55 : 0.4) + (row % 17) / 100),
  threshold: 0.58,
  times: Float64Array.from({ length: COUNT }, (_, row) => START + row * 60_000),
  truths: Array.from({ length: COUNT }, (_, row) =>
    isAnomaly(row) ? { anomaly: true, kind: `flood ${attack}`, incident: attack + row } : { anomaly: false },
  ),
  queryDelay: 30_000,
  alertsPerDay: 10,
  top: [
    {
      timestamp: '2026-01-05T01:00:00.000Z',
      entity: attack,
      score: 0.7,
      confidence: 0.99,
      severity: 'critical',
      reason: `path ${attack} \u202e stands out`,
      excerpt: attack,
      truth: attack,
    },
  ],
};
const evaluation = evaluateScores(input);
const page = renderEvaluationPage(evaluation);

it('holds every plot and table of a labelled evaluation', () => {
  for (const title of [
    'Scores',
    'Confusion matrix',
    'ROC curve',
    'Precision and recall',
    'Over time',
    'By kind of anomaly',
    'Detection delay',
    'Highest scores',
  ]) {
    expect(page).toContain(`<h2>${title}</h2>`);
  }
  expect(page.match(/<svg /g)).toHaveLength(5);
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

it('shows the numbers of the evaluation', () => {
  const { roc_auc, confusion } = evaluation.labelled ?? { roc_auc: NaN, confusion: undefined };
  expect(page).toContain(`<b>${roc_auc.toFixed(3)}</b><span>ROC AUC</span>`);
  expect(page).toContain(`<b>${confusion?.true_positives}</b><span>found`);
});

it('escapes everything that comes from logs and names', () => {
  expect(page).not.toContain('<script');
  expect(page).not.toContain("onload='x");
  expect(page).not.toContain('\u202e');
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x');
});

it('needs nothing from outside and forbids it', () => {
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/(src|href)=|url\(|@import|https?:/);
});

it('has tags that close', () => {
  const open: string[] = [];
  for (const [, slash, name, , selfClosing] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*?)(\/?)>/g,
  )) {
    if (selfClosing === '/' || ['meta', 'br'].includes(name)) continue;
    if (slash === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

it('leaves out without labels, or without times, what needs them', () => {
  const plain = renderEvaluationPage(evaluateScores({ ...input, truths: undefined, top: [] }));
  expect(plain).not.toContain('Confusion matrix');
  expect(plain).toContain('Without labels nothing can be said');
  const timeless = renderEvaluationPage(
    evaluateScores({ ...input, times: new Float64Array(COUNT).fill(NaN) }),
  );
  expect(timeless).not.toContain('<h2>Over time</h2>');
  expect(timeless).not.toContain('<h2>Detection delay</h2>');
  expect(timeless).not.toMatch(/NaN|undefined/);
});

it('stays small for very many logs', () => {
  const many = 100_000;
  const large = evaluateScores({
    ...input,
    scores: Float64Array.from({ length: many }, (_, row) => 0.3 + ((row * 7_919) % 10_007) / 25_000),
    times: Float64Array.from({ length: many }, (_, row) => START + row * 1_000),
    truths: Array.from({ length: many }, (_, row) => ({ anomaly: isAnomaly(row) })),
  });
  expect(renderEvaluationPage(large).length).toBeLessThan(400_000);
});

describe('markup', () => {
  it('escapes text, keeps markup, joins lists and leaves out undefined', () => {
    expect(markup`<i title="${'"a"'}">${['<', markup`<b>${1}</b>`, undefined]}</i>`.text).toBe(
      '<i title="&quot;a&quot;">&lt;<b>1</b></i>',
    );
  });
});

describe('ticks', () => {
  it('are round numbers', () => {
    expect(ticksOf(0.35, 0.75, 8)).toEqual([0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75]);
    expect(ticksOf(0, 17, 3)).toEqual([0, 10]);
    expect(ticksOf(1, 1, 5)).toEqual([1]);
  });

  it('are round times', () => {
    expect(timeTicksOf(START + 1, START + 86_400_000).map((time) => (time - START) / 3_600_000)).toEqual([
      3, 6, 9, 12, 15, 18, 21, 24,
    ]);
  });
});
