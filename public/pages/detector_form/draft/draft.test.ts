import { parseDetector } from '../../../../common/detector';
import {
  alertsPerDay,
  checkDraft,
  contaminationOf,
  documentOf,
  draftOf,
  DEFAULT_CONTAMINATION,
  emptyDraft,
  regrouped,
  rowsPerDay,
  usualFeatures,
  withNamedFeatures,
  withScoring,
  withSessions,
  withUnit,
  type Draft,
} from './draft';
import { settingLabel } from '../../../shared/values/setting_label';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../../test/fakes/i18n'), { virtual: true });

const whole: Draft = {
  ...emptyDraft(),
  name: 'Web',
  source: { index: 'logs-*' },
  features: [{ type: 'number', field: 'bytes' }],
};

it('saves no field for an empty text or after a comma', () => {
  expect(documentOf({ ...whole, context_fields: [''] }).context_fields).toEqual([]);
  expect(documentOf({ ...whole, context_fields: ['host.name', ''] }).context_fields).toEqual(['host.name']);
});

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

  it('says what is wrong in words, and names the setting as the form does', () => {
    const draft: Draft = { ...emptyDraft(), features: [{ type: 'number', field: 'bytes', weight: 0 }] };
    const { problems } = checkDraft(draft, readKql);
    expect([...problems].map(([path, text]) => `${settingLabel(path, draft)}: ${text}`)).toEqual([
      'Name: Must not be empty',
      'Data view or index: Must not be empty',
      'Field 1 (bytes), weight: Must be at least 0.01',
    ]);
    expect(settingLabel('forest.splits', draft)).toBe('forest.splits');
  });

  it('refuses what a number field shows as wrong', () => {
    const { problems } = checkDraft(
      { ...whole, threshold: { method: 'adaptive', alerts_per_day: Number.NaN } },
      readKql,
    );
    expect([...problems]).toEqual([['threshold.alerts_per_day', 'Must be a number']]);
  });

  it('says what is wrong with a feature', () => {
    const { problems } = checkDraft({ ...whole, features: [{ type: 'number', field: '_id' }] }, readKql);
    expect(problems.get('features.0.field')).toContain('Must be a field name');
  });
});

describe('a draft of buckets', () => {
  const draft: Draft = {
    ...whole,
    unit: 'bucket',
    entity_field: 'service.name',
    bucket: { span: '1m', latency: 'took', distinct: { clients: 'client.ip' } },
    features: [],
  };
  const fieldsOf = (given: Draft) => given.features.map(({ field }) => field);

  it('looks at all numbers of the row, and follows its settings when it is edited', () => {
    const { detector, problems } = checkDraft(draft, readKql);
    expect([...problems]).toEqual([]);
    expect(detector!.features).toHaveLength(7);
    const edited = draftOf(detector!);
    expect(edited.features).toEqual([]);
    const more = checkDraft({ ...edited, bucket: { ...edited.bucket, rare: { agents: 'agent' } } }, readKql);
    expect(more.detector!.features.map(({ field }) => field)).toContain('bucket.rare_agents');
    expect(checkDraft(edited, readKql).detector).toEqual(detector);
  });

  it('keeps features that were named, which are compared within the entity that is chosen now', () => {
    const named = withNamedFeatures(draft, true);
    expect(fieldsOf(named)).toEqual(fieldsOf({ ...draft, features: usualFeatures(draft) }));
    const own = { ...named, features: [{ ...named.features[0], weight: 7 }] };
    const { detector } = checkDraft({ ...own, entity_field: 'host.name' }, readKql);
    expect(detector!.features).toMatchObject([{ field: 'bucket.count', by: 'host.name', weight: 7 }]);
    expect(draftOf(detector!)).toBe(detector);
    const back = withNamedFeatures(withNamedFeatures(own, false), true);
    expect(back.features).toEqual(own.features);
  });

  it('keeps features that are compared within some of the fields of an entity', () => {
    const pair: Draft = { ...draft, entity_field: undefined, entity_fields: ['service.name', 'host.name'] };
    const of = (by: NonNullable<Draft['features']>[number]['by']): Draft['features'][number] => ({
      type: 'deviation',
      field: 'bucket.count',
      by,
    });
    const saved = parseDetector({
      ...pair,
      features: [of('service.name'), of(['host.name']), of(['host.name', 'service.name'])],
    });
    expect(checkDraft({ ...draftOf(saved), name: 'Renamed' }, readKql).detector).toEqual({
      ...saved,
      name: 'Renamed',
    });
    const byOf = (given: Draft) => documentOf(given).features.map(({ by }) => by);
    expect(byOf({ ...pair, features: [of(undefined), of('client.ip')] })).toEqual([
      pair.entity_fields,
      pair.entity_fields,
    ]);
  });

  it('lets features follow that are compared within the whole entity when its fields change', () => {
    const regroup = (given: Draft, ...fields: string[]): Draft => ({ ...given, ...regrouped(given, fields) });
    const byOf = (given: Draft) => documentOf(given).features.map(({ by }) => by);
    const one = withNamedFeatures(draft, true);
    const [first] = one.features;
    const pair = regroup({ ...one, features: [first] }, 'service.name', 'host.name');
    expect(byOf(pair)).toEqual([['service.name', 'host.name']]);
    const both = { ...pair, features: [...pair.features, { ...first, by: 'service.name' }] };
    const three = regroup(both, 'service.name', 'host.name', 'client.ip');
    expect(byOf(three)).toEqual([['service.name', 'host.name', 'client.ip'], 'service.name']);
    // One as it always was: models know it by that.
    expect(byOf(regroup(both, 'service.name'))).toEqual(['service.name', 'service.name']);
    expect(byOf(regroup(regroup(pair), 'service.name', 'host.name'))).toEqual([
      ['service.name', 'host.name'],
    ]);
    const whole = ['service.name', 'host.name'];
    expect(byOf(regroup(regroup({ ...one, features: [first] }), ...whole))).toEqual([whole]);
  });

  it('lets features follow that are put aside', () => {
    const fields = ['service.name', 'host.name'];
    const named = withNamedFeatures(draft, true);
    const bys = (given: Draft) => new Set(documentOf(given).features.map(({ by }) => JSON.stringify(by)));
    const usual = withNamedFeatures(named, false);
    const back = withNamedFeatures({ ...usual, ...regrouped(usual, fields) }, true);
    expect(bys(back)).toEqual(new Set([JSON.stringify(fields)]));
    const asLog = withUnit(named, 'log');
    const again = withUnit({ ...asLog, ...regrouped(asLog, fields) }, 'bucket');
    expect(bys(again)).toEqual(new Set([JSON.stringify(fields)]));
  });

  it('loses nothing when the unit is changed and changed back', () => {
    const log: Draft = { ...whole, ...withScoring(whole, 'ingest') };
    // A pipeline holds its threshold.
    expect(log.threshold).toEqual({ method: 'contamination', contamination: DEFAULT_CONTAMINATION });
    const first = withUnit(log, 'bucket');
    expect(first).toMatchObject({ unit: 'bucket', bucket: {}, features: [] });
    expect(first.scoring).toBeUndefined();
    const typed = withNamedFeatures({ ...first, entity_field: 'host.name', bucket: { span: '9m' } }, true);
    const asLog = withUnit(typed, 'log');
    expect(checkDraft(asLog, readKql).detector).toMatchObject({
      unit: 'log',
      scoring: 'ingest',
      features: [{ field: 'bytes' }],
      entity_field: 'host.name',
    });
    expect(asLog.bucket).toBeUndefined();
    const again = withUnit(asLog, 'bucket');
    expect(documentOf(again)).toEqual(documentOf(typed));
    expect(withUnit(again, 'bucket')).toBe(again);
  });

  it.each([
    ['all numbers', false],
    ['named features', true],
  ])('of spans with %s becomes one of sessions, and spans again', (_name, areNamed) => {
    const isWhole = (given: Draft): unknown => [...checkDraft(given, readKql).problems];
    const named = areNamed ? withNamedFeatures({ ...draft, entity_field: 'trace.id' }, true) : draft;
    const asSession = { ...named, ...withSessions(named, true) };
    const sessions: Draft = {
      ...asSession,
      bucket: { ...asSession.bucket, session: { ...asSession.bucket?.session, field: 'trace.id' } },
    };
    expect(isWhole(sessions)).toEqual([]);
    const namedSessions = withNamedFeatures(sessions, true);
    expect(namedSessions.features.map(({ field }) => field)).toContain('bucket.duration');
    expect(isWhole(namedSessions)).toEqual([]);
    for (const before of [sessions, namedSessions, withNamedFeatures(namedSessions, false)]) {
      const again = { ...before, ...withSessions(before, false) };
      expect(isWhole(again)).toEqual([]);
      expect(isWhole(withNamedFeatures(again, true))).toEqual([]);
    }
  });

  it('proposes the field with an id for sessions', () => {
    const proposed = (entity: string) =>
      withSessions({ ...draft, entity_field: entity }, true).bucket?.session?.field;
    expect([proposed('trace.id'), proposed('service.name')]).toEqual(['trace.id', '']);
  });

  it('of sessions says of a feature compared with earlier rows that there are none', () => {
    const sessions: Draft = {
      ...draft,
      bucket: { session: { field: 'trace.id' } },
      features: [{ type: 'deviation', field: 'bucket.count' }],
    };
    expect([...checkDraft(sessions, readKql).problems]).toEqual([
      ['features.0.by', expect.stringMatching(/^Cannot be given with bucket.session.*without by$/)],
    ]);
  });

  it('says what is wrong where it is set, and not what follows from it', () => {
    const problemsOf = (change: Partial<Draft>) => [
      ...checkDraft({ ...draft, ...change }, readKql).problems.keys(),
    ];
    expect(problemsOf({ entity_field: '' })).toEqual(['entity_field']);
    expect(problemsOf({ bucket: { latency: '_id' } })).toEqual(['bucket.latency']);
    expect(problemsOf({ bucket: { span: 'soon', latency: '', errors: '' } })).toEqual([
      'bucket.span',
      'bucket.errors',
    ]);
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`n${i}`, `f${i}`]));
    expect(problemsOf({ bucket: { distinct: nine } })).toEqual(['bucket.distinct']);
    expect(problemsOf({ features: [{ type: 'number', field: 'bytes' }] })).toEqual(['features.0.field']);
  });

  it('has rows of each entity all day long', () => {
    expect(rowsPerDay(draft)).toBe(1_440);
    expect(rowsPerDay({ ...draft, bucket: {} })).toBe(288);
    expect(rowsPerDay({ ...draft, bucket: { span: 'soon' } })).toBeUndefined();
  });

  it('of single logs is edited as it is', () => {
    const { detector } = checkDraft(whole, readKql);
    expect(draftOf(detector!)).toBe(detector);
    expect(draftOf(parseDetector(documentOf(draft))).features).toEqual([]);
  });
});

it('counts alerts a day over the days that the logs came in', () => {
  expect(alertsPerDay({ logs: 70_000, days: 7 }, 0.01)).toBeCloseTo(100);
  expect(alertsPerDay({ logs: 1_000, days: 0.5 }, 0.001)).toBeCloseTo(2);
});

it('knows no share for a fixed score', () => {
  expect(contaminationOf(whole)).toBe(0.01);
  expect(contaminationOf({ ...whole, threshold: { method: 'fixed', score: 0.7 } })).toBeUndefined();
});
