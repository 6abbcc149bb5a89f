import { alertsPerDay, checkDraft, contaminationOf, emptyDraft, type Draft } from './draft';

const whole: Draft = {
  ...emptyDraft(),
  name: 'Web',
  source: { index: 'logs-*' },
  features: [{ type: 'number', field: 'bytes' }],
};

/** Stands for Kibana's own reader. */
const readKql = (kql: string) => {
  if (kql.includes('(')) throw new Error('Expected ")" but end of input found.');
  return kql === '' ? undefined : { match: { kql } };
};

describe('checkDraft', () => {
  it('makes the query of KQL, says why it cannot, and leaves another query alone', () => {
    const of = (source: Draft['source']) => checkDraft({ ...whole, source }, readKql);
    expect(of({ index: 'a', kql: 'x : 1', query: 'old' }).detector?.source).toMatchObject({
      kql: 'x : 1',
      query: { match: { kql: 'x : 1' } },
    });
    const { source } = of({ index: 'a', kql: '', query: { match_all: {} } }).detector!;
    expect([source.kql, source.query]).toEqual([undefined, undefined]);
    expect(of({ index: 'a', query: 'x:1' }).detector?.source.query).toBe('x:1');
    expect([...of({ index: 'a', kql: 'x : (' }).problems]).toEqual([
      ['source.query', 'Expected ")" but end of input found.'],
    ]);
  });

  it('names each setting that an empty draft still needs', () => {
    expect([...checkDraft(emptyDraft(), readKql).problems.keys()].sort()).toEqual([
      'features',
      'name',
      'source.index',
    ]);
  });

  it('fills in the defaults of a whole draft, an empty entity is none', () => {
    const { detector, problems } = checkDraft({ ...whole, entity_field: '' }, readKql);
    expect(problems.size).toBe(0);
    expect(detector).toMatchObject({ training: { window: '7d' }, source: { timestamp_field: '@timestamp' } });
    expect(detector?.entity_field).toBeUndefined();
  });

  it('says what is wrong with a feature', () => {
    const { problems } = checkDraft({ ...whole, features: [{ type: 'number', field: '_id' }] }, readKql);
    expect(problems.get('features.0.field')).toContain('must be a field name');
  });
});

it('counts alerts a day over the training window', () => {
  expect(alertsPerDay(70_000, '7d', 0.01)).toBeCloseTo(100);
  expect(alertsPerDay(1_000, '12h', 0.001)).toBeCloseTo(2);
});

it('knows no share for a fixed score', () => {
  expect(contaminationOf(whole)).toBe(0.01);
  expect(contaminationOf({ ...whole, threshold: { method: 'fixed', score: 0.7 } })).toBeUndefined();
});
