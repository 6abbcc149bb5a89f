import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { ChangeFact, ComparedField } from '../../common/changes';
import { factMatcher } from '../../common/changes/group_changes';
import type { LogDocument } from '../../common/log_document';
import type { LogRange } from '../../server/detection/ports';
import type { ChangeSource } from '../../server/detection/ports/changes';

/** Causes that are planted into the logs of a window. */
export const PLANTED_CAUSES = ['version', 'client', 'message', 'route', 'silence', 'rare_value'] as const;
export type PlantedCause = (typeof PLANTED_CAUSES)[number];

export interface PlantedChange {
  readonly cause: PlantedCause;
  readonly logs: LogDocument[];
  readonly window: { readonly from: number; readonly to: number };
  /** True for a value of the planted cause, whatever else moved with it. */
  isCause(field: string, value: unknown): boolean;
}

const MINUTE = 60_000;
const HOSTS = 12;
const MESSAGES = [
  'request handled in {n} ms',
  'cache miss for key user:{n}',
  'session {n} opened',
  'session {n} closed',
  'order {n} accepted',
  'payment of {n} authorised',
  'retrying call to inventory, attempt {n}',
  'worker {n} idle',
];
const ROUTES = ['/', '/search', '/cart', '/checkout', '/product', '/login', '/api/stock', '/health'];
const SERVICES = ['web', 'shop', 'payments', 'search', 'stock'];

export const CHANGE_FIELDS: readonly ComparedField[] = [
  { field: 'message', kind: 'message' },
  ...[
    'service.name',
    'service.version',
    'host.name',
    'client.ip',
    'url.path',
    'log.level',
    'trace.id',
    'customer.id',
    'labels.build',
  ].map((field): ComparedField => ({ field, kind: 'value' })),
  { field: 'http.response.status_code', kind: 'integer' },
  { field: 'event.duration', kind: 'integer' },
];

/**
 * Makes logs of a shop with a rhythm, bursts and a change planted in the last fifth of the time.
 *
 * @param logs about so many in all
 */
export function plantChange(cause: PlantedCause, seed: number, logs = 20_000): PlantedChange {
  const generator = xoroshiro128plus(seed);
  const integer = (below: number): number => unsafeUniformIntDistribution(0, below - 1, generator);
  const random = (): number => integer(1 << 30) / (1 << 30);
  const pick = <Item>(items: readonly Item[]): Item => items[integer(items.length)];
  const skewed = (count: number): number => Math.floor(count * random() ** 3);
  const to = Date.UTC(2026, 10, 2, 14, 0) + integer(1_000) * MINUTE;
  const span = 100 * MINUTE;
  const window = { from: to - span / 5, to };
  const badHosts = [integer(HOSTS / 2), HOSTS / 2 + integer(HOSTS / 2)];
  const badService = pick(SERVICES);
  const badRoute = pick(ROUTES);
  const badClient = `203.0.113.${1 + integer(250)}`;
  const silent = integer(HOSTS);
  const burstAt = to - span + integer(70) * MINUTE;
  const burstClient = `198.51.100.${1 + integer(250)}`;
  const trend = (random() - 0.5) * 0.8;
  const made: LogDocument[] = [];
  const log = (time: number, change: Record<string, unknown> = {}): void => {
    const host = integer(HOSTS);
    const service = SERVICES[host % SERVICES.length];
    const level = random() < 0.04 ? 'error' : random() < 0.1 ? 'warn' : 'info';
    const route = ROUTES[skewed(ROUTES.length)];
    made.push({
      '@timestamp': new Date(time).toISOString(),
      message: pick(MESSAGES).replace('{n}', String(integer(100_000))),
      'service.name': service,
      'service.version': `${1 + (host % 3)}.${host % 4}`,
      'host.name': `host-${host}`,
      'client.ip': `10.0.${skewed(40)}.${integer(50)}`,
      'url.path': route,
      'log.level': level,
      'trace.id': `${seed}-${made.length}-${integer(1e9)}`,
      'customer.id': `c${skewed(3_000)}`,
      // A new one every ten minutes, as names with a date have.
      'labels.build': `nightly-${Math.floor(time / (10 * MINUTE))}`,
      'http.response.status_code': level === 'error' ? pick([500, 502, 404]) : 200,
      'event.duration': Math.round(1e6 * Math.exp(3 + 1.2 * (random() + random() + random() - 1.5))),
      ...change,
    });
  };
  for (let made = 0; made < logs; made++) {
    const place = random();
    // More logs towards one end: the volume drifts.
    const time = to - span + span * Math.min(0.999999, Math.max(0, place + trend * place * (1 - place)));
    const isInWindow = time >= window.from;
    const share = random();
    if (Math.abs(time - burstAt) < 2 * MINUTE && share < 0.3) log(time, { 'client.ip': burstClient });
    else if (!isInWindow) log(time);
    else if (cause === 'version' && share < 0.12) {
      const isError = random() < 0.5;
      log(time, {
        'service.name': badService,
        'service.version': '9.9.1',
        'host.name': `host-${pick(badHosts)}`,
        ...(isError && {
          'log.level': 'error',
          message: `cannot parse price of item ${integer(1e5)}: unexpected end of input`,
          'http.response.status_code': 500,
        }),
        'event.duration': Math.round(4e8 * (1 + random())),
      });
    } else if (cause === 'client' && share < 0.25) {
      log(time, {
        'client.ip': badClient,
        'url.path': `/wp-login-${integer(500)}.php`,
        'http.response.status_code': 404,
      });
    } else if (cause === 'message' && share < 0.03) {
      log(time, {
        'service.name': badService,
        message: `connection pool of db-${integer(4)} exhausted after ${integer(900)} ms`,
        'log.level': 'error',
      });
    } else if (cause === 'route' && share < 0.1) {
      log(time, {
        'url.path': badRoute,
        'http.response.status_code': 503,
        'log.level': 'error',
        'event.duration': Math.round(3e9 * (1 + random())),
      });
    } else if (cause === 'rare_value' && share < 0.01) {
      log(time, { 'error.code': 'E4711', 'host.name': `host-${badHosts[0]}`, 'log.level': 'error' });
    } else log(time);
  }
  const last = made.filter(
    (document) =>
      !(
        cause === 'silence' &&
        document['host.name'] === `host-${silent}` &&
        Date.parse(String(document['@timestamp'])) >= window.from
      ),
  );
  const causes: Record<PlantedCause, (field: string, value: unknown) => boolean> = {
    version: (field, value) => field === 'service.version' && value === '9.9.1',
    client: (field, value) => field === 'client.ip' && value === badClient,
    message: (field, value) => field === 'message' && /connection pool of/.test(String(value)),
    route: (field, value) => field === 'http.response.status_code' && value === 503,
    silence: (field, value) => field === 'host.name' && value === `host-${silent}`,
    rare_value: (field, value) => field === 'error.code' && value === 'E4711',
  };
  return { cause, logs: last, window, isCause: causes[cause] };
}

/** Serves logs from memory: a uniform sample, and exact counts. */
export function memoryChangeSource(
  logs: readonly LogDocument[],
  fields: readonly ComparedField[] = [...CHANGE_FIELDS, { field: 'error.code', kind: 'value' }],
  change: Partial<ChangeSource> = {},
): ChangeSource {
  const narrowedTo = new Map<unknown, readonly ChangeFact[]>();
  const within = ({ from, to, query }: LogRange): LogDocument[] => {
    const facts = narrowedTo.get(query);
    const matchers = facts?.map((fact) => factMatcher(fact, []));
    return logs.filter((log) => {
      const time = Date.parse(String(log['@timestamp']));
      return time >= from && time < to && (matchers?.some((matches) => matches(log)) ?? true);
    });
  };
  return {
    fields: async () => ({ fields, leftOut: 0 }),
    sample: async (range, { size, seed }) => {
      const all = within(range);
      const generator = xoroshiro128plus(seed);
      for (let place = 0; place < Math.min(size, all.length); place++) {
        const other = unsafeUniformIntDistribution(place, all.length - 1, generator);
        [all[place], all[other]] = [all[other], all[place]];
      }
      const drawn = all.slice(0, size);
      return {
        logs: drawn.map((document) => ({ index: 'memory', id: '', document })),
        total: all.length,
        method: all.length <= size ? 'all' : 'random_score',
      };
    },
    risenValues: async () => ({ values: [], looked: 0 }),
    count: async (range, { window, pieces }, facts) => {
      const matchers = facts.map((fact) => factMatcher(fact, []));
      const spans = [window, ...pieces].map((span) => within({ ...range, ...span }));
      const bySpan = (count: (of: LogDocument[]) => number) => {
        const [inWindow, ...inPieces] = spans.map(count);
        return { window: inWindow, pieces: inPieces };
      };
      return {
        totals: bySpan((of) => of.length),
        counts: matchers.map((matches) => bySpan((of) => of.filter(matches).length)),
        share: 1,
      };
    },
    holding: (range, facts) => {
      const query = { facts: narrowedTo.size };
      narrowedTo.set(query, facts);
      return { ...range, query };
    },
    ...change,
  };
}
