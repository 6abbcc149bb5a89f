import { newDetectorSchema } from '../detector/query_limits';
import type { LogDocument } from '../log_document';
import { logFieldsOf, type MappedTypes } from '../log_features/fields/log_fields';
import { leafFields } from '../log_features/fields/leaf_fields';
import { guessedTypes } from '../buckets/propose_bucket';
import { proposeDetectors, type SourceProposals } from './propose_detectors';
import { proposeEntity, proposeFromSample } from './propose_from_sample';

const LOGS = 300;
const start = Date.parse('2026-11-20T00:00:00Z');
const times = (make: (place: number) => LogDocument): LogDocument[] =>
  Array.from({ length: LOGS }, (_none, place) => ({
    '@timestamp': new Date(start + place * 600_000).toISOString(),
    ...make(place),
  }));
const pick = <Value>(values: readonly Value[], place: number): Value => values[place % values.length];

function proposed(
  index: string,
  documents: readonly LogDocument[],
  { logs = 700_000, days = 7 }: { logs?: number; days?: number } = {},
): SourceProposals {
  const guessed = guessedTypes(documents);
  const text: MappedTypes = { text: { aggregatable: false } };
  const types = Object.fromEntries(
    leafFields(documents).map((field) => [field, field === 'message' ? text : guessed(field)]),
  );
  const timestampField = '@timestamp';
  const proposal = proposeFromSample({ index, timestampField, documents, types });
  return proposeDetectors({ index, timestampField, proposal, logs, days });
}

const paths = ['/', '/cart', '/product/17', '/product/18', '/login', '/search?q=shoes'];
const web = (place: number) => ({
  'http.request.method': pick(['GET', 'GET', 'POST'], place),
  'http.response.status_code': pick([200, 200, 200, 304, 404], place),
  'http.response.body.bytes': 500 + ((place * 37) % 900),
  'url.original': pick(paths, place),
  'source.address': `10.0.0.${place % 40}`,
  'user_agent.original': pick(['Mozilla/5.0', 'curl/8.0'], place),
});

/** Documents as the integrations of Elastic Agent, Caddy and Filebeat write them. */
const KINDS: readonly (readonly [
  kind: string,
  index: string,
  make: (place: number) => LogDocument,
  entity: string | undefined,
])[] = [
  [
    'nginx',
    'logs-nginx.access-default',
    (place) => ({
      data_stream: { dataset: 'nginx.access' },
      'host.name': pick(['web-1', 'web-2'], place),
      ...web(place),
    }),
    'host.name',
  ],
  [
    'apache',
    'filebeat-*',
    (place) => ({
      'event.module': 'apache',
      'event.dataset': 'apache.access',
      'host.name': 'web-1',
      ...web(place),
    }),
    'host.name',
  ],
  [
    'caddy',
    'proxy',
    (place) => ({
      level: 'info',
      logger: 'http.log.access.log0',
      msg: 'handled request',
      request: {
        remote_ip: `10.0.0.${place % 40}`,
        method: pick(['GET', 'POST'], place),
        host: pick(['shop.example', 'api.example'], place),
        uri: pick(paths, place),
      },
      duration: 0.01 + (place % 30) / 1_000,
      size: 500 + ((place * 37) % 900),
      status: pick([200, 200, 404], place),
    }),
    'request.host',
  ],
  [
    'kubernetes',
    'logs-kubernetes.container_logs-default',
    (place) => ({
      kubernetes: {
        namespace: 'shop',
        pod: { name: `cart-${place % 5}` },
        container: { name: pick(['cart', 'payment'], place) },
        node: { name: pick(['n1', 'n2'], place) },
      },
      stream: pick(['stdout', 'stderr'], place),
      message: `Request ${place} took ${place % 50} ms`,
    }),
    'kubernetes.container.name',
  ],
  [
    'authentication',
    'logs-system.auth-default',
    (place) => ({
      event: {
        dataset: 'system.auth',
        action: 'ssh_login',
        outcome: pick(['success', 'failure'], place),
        category: ['authentication'],
      },
      'host.name': pick(['db-1', 'db-2'], place),
      'process.name': pick(['sshd', 'sudo'], place),
      'user.name': pick(['ann', 'ben', 'root'], place),
      message: `Accepted publickey for ann from 10.0.0.${place % 9} port ${4_000 + place} ssh2`,
    }),
    'host.name',
  ],
  [
    'system',
    'logs-system.syslog-default',
    (place) => ({
      'event.dataset': 'system.syslog',
      'host.name': pick(['db-1', 'db-2'], place),
      'process.name': pick(['systemd', 'cron', 'kernel'], place),
      message: `Started session ${place} of user root.`,
    }),
    'host.name',
  ],
  [
    'elastic_agent',
    'logs-elastic_agent.filebeat-default',
    (place) => ({
      'data_stream.dataset': 'elastic_agent.filebeat',
      'log.level': pick(['info', 'info', 'error'], place),
      'host.name': 'db-1',
      message: `Harvester started for file ${place}`,
    }),
    'host.name',
  ],
  [
    'application',
    'services',
    (place) => ({
      'service.name': pick(['cart', 'payment'], place),
      'log.level': pick(['INFO', 'ERROR'], place),
      'log.logger': 'com.example.Cart',
      message: `Order ${place} was placed`,
    }),
    'service.name',
  ],
  ['other', 'notes', (place) => ({ message: `Order ${place} was placed by a customer` }), undefined],
];

describe('proposeDetectors', () => {
  it.each(KINDS)('%s: kind, entity and detectors that can be saved', (kind, index, make, entity) => {
    const answer = proposed(index, times(make));
    expect(answer.kind).toBe(kind);
    expect(answer.proposals.map(({ unit }) => unit)).toEqual(
      entity === undefined ? ['log'] : ['log', 'bucket'],
    );
    for (const { detector, isReady } of answer.proposals) {
      expect(newDetectorSchema.safeParse(detector).error).toBeUndefined();
      expect(detector.entity_field).toBe(entity);
      expect(isReady).toBe(true);
    }
  });

  it('judges the addresses that people log in from as well, without their silence', () => {
    const logins = (named: number) =>
      proposed(
        'auth',
        times((place) => ({
          'host.name': 'db-1',
          'process.name': 'sshd',
          ...(place % 10 < named && { 'source.ip': `192.0.2.${place % 40}` }),
          message: `Failed password for root from 192.0.2.${place % 40} port ${place} ssh2`,
        })),
      ).proposals.map(({ unit, detector: { name, entity_field, bucket } }) => ({
        ...{ unit, name, entity_field },
        silence: bucket?.silence,
      }));
    const ofHost = { unit: 'bucket', name: 'auth / host.name', entity_field: 'host.name', silence: true };
    expect(logins(6)).toEqual([
      { unit: 'log', name: 'auth', entity_field: 'host.name', silence: undefined },
      ofHost,
      { unit: 'bucket', name: 'auth / source.ip', entity_field: 'source.ip', silence: false },
    ]);
    expect(logins(2).slice(1)).toEqual([ofHost]);
  });

  it('counts the log-ins of an address that failed, where the logs say how they ended', () => {
    const ofAddress = (outcome: string) =>
      proposed(
        'auth',
        times((place) => ({
          'host.name': 'db-1',
          'process.name': 'sshd',
          'source.ip': `192.0.2.${place % 40}`,
          'event.outcome': place % 3 === 0 ? 'success' : outcome,
          message: `Failed password for root from 192.0.2.${place % 40} port ${place} ssh2`,
        })),
      ).proposals.find(({ detector }) => detector.entity_field === 'source.ip')?.detector;
    const { bucket, features } = ofAddress('failure')!;
    expect(bucket?.errors).toBe('event.outcome:failure');
    expect(features).toContainEqual(
      expect.objectContaining({ field: 'bucket.errors', name: 'failed log-ins', by: 'source.ip' }),
    );
    expect(features).toContainEqual(
      expect.objectContaining({ field: 'bucket.count', name: 'logs', direction: 'high' }),
    );
    expect(JSON.stringify(features)).not.toContain('bucket.error_share');
    expect(ofAddress('refused')?.features).toBeUndefined();
    expect(ofAddress('refused')?.bucket?.errors).toBeUndefined();
  });

  it('recognises kinds by their fields where no data set is named', () => {
    expect(proposed('x', times(web)).kind).toBe('web');
    expect(
      proposed(
        'x',
        times((place) => ({
          program: 'sshd',
          message: `Failed password for root from 10.0.0.${place % 9} port 22`,
        })),
      ).kind,
    ).toBe('authentication');
    expect(
      proposed(
        'x',
        times((place) => ({ 'kubernetes.pod_name': `p-${place % 3}`, log: `line ${place} of a log` })),
      ).kind,
    ).toBe('kubernetes');
  });

  it.each([
    [
      'measurements',
      (place: number) => ({ sensor: `s${place % 4}`, temperature: place / 7, humidity: place % 90 }),
    ],
    ['orders', (place: number) => ({ customer: `c${place}`, total: place * 3, message: `m-${place}` })],
  ])('proposes nothing for %s', (_what, make) => {
    expect(proposed('x', times(make))).toEqual({ kind: undefined, proposals: [] });
  });

  it('keeps all detectors of a source to ten anomalies a day, and to a share of few logs', () => {
    const [, , make] = KINDS[0];
    const budgets = (given: { logs: number; days: number }) =>
      proposed('logs-nginx.access-default', times(make), given).proposals.map(
        ({ unit, expectedAlertsPerDay, detector }) => {
          const { threshold } = detector;
          expect(threshold).toMatchObject({ method: 'adaptive', alerts_per_day: expectedAlertsPerDay });
          return `${unit} ${expectedAlertsPerDay}`;
        },
      );
    expect(budgets({ logs: 700_000, days: 7 })).toEqual(['log 10', 'bucket 10']);
    // 100 a day: too few to be counted in spans of time, and one of them is as many as anybody wants to see.
    expect(budgets({ logs: 700, days: 7 })).toEqual(['log 1']);
  });

  it('starts from at most a hundredth of the logs where the smallest budget is more of them', () => {
    const [, , make] = KINDS[0];
    const started = (given: { logs: number; days: number }) =>
      proposed('logs-nginx.access-default', times(make), given).proposals.map(({ detector, isReady }) => [
        detector.threshold,
        isReady,
      ]);
    const threshold = { method: 'adaptive', contamination: 0.01, alerts_per_day: 0.1 };
    expect(started({ logs: 300, days: 90 })).toEqual([[threshold, true]]);
    expect(started({ logs: 1_000, days: 365 })).toEqual([[threshold, true]]);
  });

  it('says what has too few logs to learn from', () => {
    const [, index, make] = KINDS[0];
    const { proposals } = proposed(index, times(make).slice(0, 100), { logs: 100, days: 0.1 });
    expect(proposals.map(({ unit, isReady, rows, rowsNeeded }) => [unit, isReady, rows, rowsNeeded])).toEqual(
      [
        ['log', false, 100, 256],
        ['bucket', false, 58, 256],
      ],
    );
  });

  it('copies the ids of traces into results, where logs have them', () => {
    const withTraces = times((place) => ({ ...web(place), trace: { id: `t${place}` } }));
    for (const { detector } of proposed('x', withTraces).proposals) {
      expect(detector.context_fields).toEqual(expect.arrayContaining(['message', 'trace.id']));
    }
    expect(proposed('x', times(web)).proposals[0].detector.context_fields).toBeUndefined();
  });

  it('names detectors after hostile indices without what cannot be seen, and no longer than allowed', () => {
    const [, , make] = KINDS[0];
    const index = `evil\u202e${'x'.repeat(240)}`;
    for (const { detector } of proposed(index, times(make)).proposals) {
      expect(detector.name.length).toBeLessThanOrEqual(200);
      expect(detector.name).not.toContain('\u202e');
      expect(detector.source.index).toBe(index);
    }
  });

  it.each(KINDS)('%s is grouped as the form proposes it', (_kind, index, make, entity) => {
    const documents = times(make);
    const fields = logFieldsOf(documents, guessedTypes(documents));
    expect(proposeEntity(index, documents, fields)).toBe(entity);
  });
});
