import { readLocation, writeLocation } from '../../shared/app/location';
import { brushedQuery, changedQuery, readExplorerQuery, withoutFilters } from './explorer_query';

const after = (changes: Parameters<typeof changedQuery>[0], before: Record<string, string> = {}) => {
  const [path, search] = writeLocation('/detectors/1/anomalies', {
    ...before,
    ...changedQuery(changes),
  }).split('?');
  return readExplorerQuery(readLocation(path, `?${search ?? ''}`));
};

describe('the address of the explorer', () => {
  it('begins with the last day, newest first', () => {
    expect(after({})).toEqual({
      range: { from: 'now-24h', to: 'now' },
      query: '',
      language: 'kuery',
      severity: undefined,
      sort: 'time',
      direction: 'desc',
      columns: [],
      view: 'incidents',
      state: 'all',
      incidentSort: 'severity',
      order: 'desc',
      entities: [],
      parts: [],
      lane: undefined,
      feature: undefined,
      withHidden: false,
      unbrushed: undefined,
      page: 0,
      size: 25,
      open: undefined,
      refresh: undefined,
    });
  });

  it('never asks without a pause, whatever the address says', () => {
    expect(after({}, { refresh: '1' }).refresh).toBe(1_000);
    expect(after({}, { refresh: '60000' }).refresh).toBe(60_000);
    expect(after({}, { refresh: '-5' }).refresh).toBeUndefined();
  });

  it('orders by severity at addresses that were kept while they named the score', () => {
    expect(after({}, { sort: 'score' }).sort).toBe('severity');
  });

  it('brings back what was chosen, on the first page', () => {
    const range = { from: 'now-7d', to: 'now' };
    const chosen = {
      range,
      query: 'url.path : "/a&b" and not status : 200',
      language: 'lucene',
      severity: 'major',
      sort: 'severity',
      entities: ['shop, eu', 'two\nlines', '100%', '%0A%25'],
      parts: ['service.name=a=b\nc', 'host.name=web-1'],
      lane: 'host.name',
      feature: 'http.response.status_code (category)',
      withHidden: true,
    } as const;
    expect(after(chosen, { page: '7', open: 'x', size: '50', refresh: '60000' })).toEqual({
      ...chosen,
      direction: 'desc',
      columns: [],
      view: 'incidents',
      state: 'all',
      incidentSort: 'severity',
      order: 'desc',
      unbrushed: undefined,
      page: 0,
      size: 50,
      open: undefined,
      refresh: 60_000,
    });
    expect(
      after({ entities: [], severity: '', query: '' }, { entity: 'a', severity: 'major', query: 'x' }),
    ).toMatchObject({
      entities: [],
      severity: undefined,
      query: '',
    });
  });

  it.each([
    [
      { page: '-3', size: '100000', severity: 'worst', sort: 'x', refresh: 'no' },
      { page: 0, size: 500 },
    ],
    [
      { page: 'x', size: '0' },
      { page: 0, size: 25 },
    ],
    [
      { page: '2.7', size: '-5' },
      { page: 1, size: 1 },
    ],
  ])('makes sense of %j', (query, expected) => {
    const read = readExplorerQuery({ path: '/', query: query });
    expect(read).toMatchObject({ ...expected, severity: undefined, sort: 'time', refresh: undefined });
  });

  it('goes back behind the first of several brushes, and forgets it when a time is picked', () => {
    const apply = (query: Record<string, string>, changes: Record<string, string | undefined>) => {
      const [path, search] = writeLocation('/x', { ...query, ...changes }).split('?');
      const location = readLocation(path, `?${search ?? ''}`);
      return { ...location, chosen: readExplorerQuery(location) };
    };
    const first = apply({}, { from: 'now-7d', to: 'now' });
    const day = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
    const hour = { from: '2026-01-01T05:00:00.000Z', to: '2026-01-01T06:00:00.000Z' };
    const second = apply(first.query, brushedQuery(first.chosen, day));
    const third = apply(second.query, brushedQuery(second.chosen, hour, ['a', 'b']));
    expect(third.chosen).toMatchObject({
      range: hour,
      unbrushed: { from: 'now-7d', to: 'now' },
      entities: ['a', 'b'],
    });
    const picked = apply(third.query, changedQuery({ range: day }));
    expect(picked.chosen).toMatchObject({ range: day, unbrushed: undefined, entities: ['a', 'b'] });
    expect(apply(third.query, withoutFilters(third.chosen)).query).toEqual(first.query);
  });

  it('shows incidents, and single anomalies where it is asked or a link names one', () => {
    const viewOf = (search: string) => readExplorerQuery(readLocation('/detectors/1/anomalies', search)).view;
    expect(viewOf('')).toBe('incidents');
    expect(viewOf('?view=anomalies')).toBe('anomalies');
    expect(viewOf('?open=some-result')).toBe('anomalies');
    expect(viewOf('?view=incidents&open=some-incident')).toBe('incidents');
  });

  it('filters by a part of the entity where lanes are parts', () => {
    const range = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T01:00:00.000Z' };
    const before = after({ lane: 'host.name' });
    expect(brushedQuery(before, range, ['web-1', '']).part).toBe('host.name=web-1');
    expect(brushedQuery({ ...before, lane: undefined }, range, ['a | b']).entity).toBe('a | b');
  });
});
