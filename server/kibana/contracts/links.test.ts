import type { AnomalyResult } from '../../../common/anomaly';
import { detectorLink, discoverLink, resultLink } from './links';

const base = { publicBaseUrl: undefined, space: 'default', kibanaVersion: '9.4.3' };
const result = {
  '@timestamp': '2026-01-05T10:00:00.000Z',
  event: { ingested: '2026-01-05T10:00:01.000Z' },
  anomaly: {},
  source: { index: 'logs', id: 'a' },
} as unknown as AnomalyResult;

it.each([
  [{}, '/app/logAnomalies/results/r'],
  [{ serverBasePath: '/kibana' }, '/kibana/app/logAnomalies/results/r'],
  [{ serverBasePath: '/kibana', space: 'shop' }, '/kibana/s/shop/app/logAnomalies/results/r'],
  // Kibana wants the base path in the public address.
  [
    { serverBasePath: '/kibana', publicBaseUrl: 'https://k.test/kibana/', space: 'shop' },
    'https://k.test/kibana/s/shop/app/logAnomalies/results/r',
  ],
])('leads through base path and space: %j', (given, expected) => {
  expect(resultLink({ ...base, ...given }, 'r')).toBe(expected);
});

it('encodes what stands in it', () => {
  expect(detectorLink(base, 'a/b?c')).toBe('/app/logAnomalies/detectors/a%2Fb%3Fc');
});

it('dates the logs in Discover by the field of their detector', () => {
  const viewOf = (link: string) =>
    JSON.parse(new URL(link, 'https://k.test').searchParams.get('p') ?? '').dataViewSpec;
  const source = { index: 'logs', timestamp_field: 'time', ingested_field: 'event.ingested' };
  expect(viewOf(discoverLink(base, result, source))).toEqual({ title: 'logs', timeFieldName: 'time' });
  expect(viewOf(discoverLink(base, result))).toEqual({ title: 'logs', timeFieldName: '@timestamp' });
});

it('leads to those logs of a pattern that the detector reads', () => {
  const change = { kind: 'new', kql: 'message : "Paid"' };
  const event = { start: '2026-01-05T10:00:00.000Z', end: '2026-01-05T10:15:00.000Z' };
  const surge = { ...result, event, anomaly: { change } } as unknown as AnomalyResult;
  const source = { index: 'logs', timestamp_field: 'time', ingested_field: 'event.ingested' };
  const filtersOf = (of: AnomalyResult, query?: string | Record<string, unknown>, kql?: string): unknown =>
    JSON.parse(
      new URL(
        discoverLink(base, of, {
          ...source,
          ...(query !== undefined && { query }),
          ...(kql !== undefined && { kql }),
        }),
        'https://k.test',
      ).searchParams.get('p') ?? '',
    ).filters;
  const dsl = { term: { level: 'error' } };
  expect(filtersOf(surge, 'level:error')).toMatchObject([
    { meta: { alias: 'level:error' }, query: { query_string: { query: 'level:error' } } },
  ]);
  expect(filtersOf(surge, dsl)).toMatchObject([
    { meta: { alias: null, value: JSON.stringify(dsl) }, query: dsl },
  ]);
  expect(filtersOf(surge, dsl, 'level : error')).toMatchObject([
    { meta: { alias: 'level : error' }, query: dsl },
  ]);
  expect([filtersOf(surge), filtersOf(surge, ' ')]).toEqual([[], []]);
  // A log that is found by its id is one that the detector has read.
  expect(filtersOf(result, dsl)).toBeUndefined();
});
