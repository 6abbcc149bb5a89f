import type { IncidentBody } from '../../../common/api';
import { incidentWhat } from './incident_text';

jest.mock('@kbn/i18n', () => jest.requireActual('../../../test/fakes/i18n'), { virtual: true });

const incident = (
  counts: Partial<IncidentBody['counts']>,
  change: Partial<IncidentBody> = {},
): IncidentBody =>
  ({
    scope: { kind: 'entity', value: 'shop' },
    title: 'GET /cart of shop',
    counts: { logs: 0, buckets: 0, ...counts },
    counted: { patterns: 1, routes: 1, sources: 1 },
    routes: ['GET /cart'],
    patterns: ['GET <*>'],
    sources: [{ field: 'client.ip', value: '192.0.2.1' }],
    ...change,
  }) as unknown as IncidentBody;

describe('what an incident is', () => {
  it('is its route, its client, or its buckets as a whole', () => {
    expect(incidentWhat(incident({ logs: 3 }))).toBe('GET /cart');
    expect(incidentWhat(incident({ logs: 3 }, { counted: { patterns: 4, routes: 4, sources: 1 } }))).toBe(
      '192.0.2.1: 4 different patterns',
    );
    expect(incidentWhat(incident({ buckets: 2 }))).toMatch(/^Unusual as a whole/);
  });

  it('stays what it was once all its anomalies were hidden', () => {
    expect(incidentWhat(incident({}))).toBe('GET /cart');
  });
});
