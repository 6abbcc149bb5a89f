import type { ChangeExplanation } from '../../../common/api';
import { MINUTE } from '../../../common/duration';
import type { LogDocument } from '../../../common/log_document';
import { createDraws, filled, type Draws } from '../traffic/draws';

/*
 * Logs of a shop over 100 minutes, in the last 20 of which something is wrong: a window and the baseline before it. What is
 * usual is not still: the volume drifts, a client bursts, builds have a new name every ten minutes.
 */

export const CAUSES = ['host', 'version', 'route', 'customer', 'pair', 'number', 'pattern'] as const;
export type Cause = (typeof CAUSES)[number];

export interface Incident {
  readonly cause: Cause;
  /** Share of the logs of the window that the incident makes or touches. */
  readonly share: number;
  readonly window: { readonly from: number; readonly to: number };
  readonly logs: Iterable<LogDocument>;
  /** True where the first thing that an explanation tells is the cause. */
  isFirst(explanation: ChangeExplanation): boolean;
}

const SKIPPED_DRAWS = 16;
const SPAN = 100 * MINUTE;
const WINDOW = 20 * MINUTE;

/** Least and largest share of the window, drawn evenly on a logarithmic scale. */
const SHARES: Record<Cause, readonly [least: number, most: number]> = {
  host: [0.02, 0.15],
  version: [0.02, 0.2],
  route: [0.01, 0.1],
  customer: [0.015, 0.2],
  pair: [0.04, 0.15],
  number: [0.5, 1],
  pattern: [0.005, 0.05],
};
/** A number that shifted is so many times what it was. */
const SHIFT = [1.6, 4] as const;
/** Standard deviation of the logarithm of durations. */
const SPREAD = 0.8;

const SERVICES = ['web', 'shop', 'payments', 'search', 'stock'];
const REGIONS = ['eu-west', 'eu-north', 'us-east', 'ap-south'];
const AGENTS = ['Chrome', 'Firefox', 'Safari', 'Edge', 'okhttp', 'curl'];
const HOSTS = 24;
const ROUTES = 40;
const CUSTOMERS = 3_000;
const MESSAGES = [
  'request handled in {small} ms',
  'cache miss for key user:{id}',
  'session {uuid} opened',
  'session {uuid} closed',
  'order {id} accepted',
  'payment of {id} authorised',
  'retrying call to inventory, attempt {small}',
  'worker {small} idle',
  'connection from {address} accepted',
  'index of {id} items refreshed',
];
const ERRORS = [
  'upstream timed out after {small} s',
  'cannot parse answer of {address}',
  'order {id} was refused',
];
const NEW_ERRORS = [
  'connection pool of db-{small} is exhausted, {id} requests wait',
  'certificate of {address} has expired',
  'out of memory: cannot allocate {id} bytes',
  'lock on table basket is held by transaction {id}',
];

type Change = Record<string, unknown>;

const isIn = (
  { values, found_in }: ChangeExplanation['groups'][number],
  field: string,
  value: unknown,
): boolean => [...values, ...found_in].some((each) => each.field === field && each.value === value);

/** @param count logs in all, about */
export function incidentOf(seed: number, count: number): Incident {
  const draws = createDraws(seed);
  // The first draws of small seeds are all nearly 1.
  for (let skipped = 0; skipped < SKIPPED_DRAWS; skipped++) draws.fraction();
  const cause = CAUSES[seed % CAUSES.length];
  const [least, most] = SHARES[cause];
  const share = least * (most / least) ** draws.fraction();
  const to = Date.UTC(2026, 10, 2, 14) + draws.integer(0, 10_000) * MINUTE;
  const window = { from: to - WINDOW, to };
  const { changeOf, isFirst } = CHANGES[cause](draws);
  return { cause, share, window, logs: logsOf(draws, { window, count, share, changeOf }), isFirst };
}

/** Changes a log of the incident; and judges what is told first of it. */
interface Planted {
  readonly changeOf: (usual: LogDocument) => Change;
  readonly isFirst: Incident['isFirst'];
}

const inFirstGroup =
  (...wanted: readonly (readonly [field: string, value: unknown])[]): Incident['isFirst'] =>
  ({ groups: [first] }) =>
    first?.direction === 'more' && wanted.every(([field, value]) => isIn(first, field, value));

const errorOf = (draws: Draws): Change => ({
  'log.level': 'error',
  message: filled(draws.of(ERRORS), draws, {}),
  'http.response.status_code': draws.of([500, 502]),
});

const CHANGES: Record<Cause, (draws: Draws) => Planted> = {
  /** Clients repeat what fails on a host. */
  host(draws) {
    const host = draws.integer(0, HOSTS - 1);
    const fails = 0.3 + 0.7 * draws.fraction();
    return {
      changeOf: () => ({ ...placeOf(host), ...(draws.chance(fails) && errorOf(draws)) }),
      isFirst: inFirstGroup(['host.name', `host-${host}`]),
    };
  },
  /** A release runs on a few hosts, and some of its requests fail. */
  version(draws) {
    const hosts = [0, 1, 2].map(() => draws.integer(0, HOSTS - 1));
    const fails = 0.7 * draws.fraction();
    return {
      changeOf: () => ({
        ...placeOf(draws.of(hosts)),
        'service.version': '9.9.1',
        ...(draws.chance(fails) && errorOf(draws)),
      }),
      isFirst: inFirstGroup(['service.version', '9.9.1']),
    };
  },
  route(draws) {
    const route = `/r${draws.integer(0, ROUTES - 1)}`;
    const status = draws.of([401, 429, 503]);
    return {
      changeOf: () => ({ 'url.path': route, 'http.response.status_code': status, 'log.level': 'error' }),
      isFirst: inFirstGroup(['url.path', route], ['http.response.status_code', status]),
    };
  },
  customer(draws) {
    const customer = `c${draws.integer(0, CUSTOMERS - 1)}`;
    return {
      changeOf: () => ({ 'customer.id': customer }),
      isFirst: inFirstGroup(['customer.id', customer]),
    };
  },
  /** A program and a route, each of which is there all the time. */
  pair(draws) {
    const [agent, route] = [draws.of(AGENTS.slice(2)), `/r${draws.integer(ROUTES / 4, ROUTES - 1)}`];
    return {
      changeOf: () => ({ 'user_agent.name': agent, 'url.path': route }),
      isFirst: inFirstGroup(['user_agent.name', agent], ['url.path', route]),
    };
  },
  number(draws) {
    const factor = SHIFT[0] * (SHIFT[1] / SHIFT[0]) ** draws.fraction();
    return {
      changeOf: (usual) => ({ 'event.duration': Math.round(Number(usual['event.duration']) * factor) }),
      isFirst: ({ groups, numbers: [first] }) => groups.length === 0 && first?.field === 'event.duration',
    };
  },
  pattern(draws) {
    const text = draws.of(NEW_ERRORS);
    const known = text.slice(0, text.indexOf('{'));
    const level = draws.of(['error', 'warn']);
    return {
      changeOf: () => ({ message: filled(text, draws, {}), 'log.level': level }),
      isFirst: ({ groups: [first] }) =>
        first?.values.some(({ kind, value }) => kind === 'pattern' && String(value).startsWith(known.trim())),
    };
  },
};

/** A host has one service, one release and one region. */
const placeOf = (host: number): Change => ({
  'host.name': `host-${host}`,
  'service.name': SERVICES[host % SERVICES.length],
  'service.version': `${1 + (host % SERVICES.length)}.${host % 2}`,
  'cloud.region': REGIONS[(host >> 1) % REGIONS.length],
});

function usualLog(draws: Draws, time: number): LogDocument {
  const skewed = (among: number): number => Math.floor(among * draws.fraction() ** 3);
  const isError = draws.chance(0.03);
  return {
    '@timestamp': new Date(time).toISOString(),
    ...placeOf(draws.integer(0, HOSTS - 1)),
    message: filled(draws.of(MESSAGES), draws, {}),
    'url.path': `/r${skewed(ROUTES)}`,
    'http.response.status_code': draws.chance(0.02) ? draws.of([401, 404, 429]) : 200,
    'log.level': draws.chance(0.08) ? 'warn' : 'info',
    'client.ip': `10.0.${skewed(40)}.${draws.integer(0, 49)}`,
    'user_agent.name': AGENTS[skewed(AGENTS.length)],
    'customer.id': `c${skewed(CUSTOMERS)}`,
    'trace.id': draws.hexadecimal(16),
    'labels.build': `nightly-${Math.floor(time / (10 * MINUTE))}`,
    'event.duration': Math.round(draws.logNormal(2e7, SPREAD)),
    'http.response.body.bytes': Math.round(draws.logNormal(4_000, 1)),
    ...(isError && errorOf(draws)),
  };
}

interface Course {
  readonly window: Incident['window'];
  readonly count: number;
  readonly share: number;
  readonly changeOf: Planted['changeOf'];
}

function* logsOf(draws: Draws, { window, count, share, changeOf }: Course): Generator<LogDocument> {
  const drift = 0.8 * (draws.fraction() - 0.5);
  const burstAt = window.to - SPAN + draws.integer(0, 70) * MINUTE;
  const burst = { 'client.ip': `198.51.100.${draws.integer(1, 250)}` };
  for (let made = 0; made < count; made++) {
    const place = draws.fraction();
    // More logs towards one end: the volume drifts.
    const time = window.to - SPAN + Math.floor(SPAN * (place + drift * place * (1 - place)) * 0.999999);
    const usual = usualLog(draws, time);
    if (time >= window.from && draws.chance(share)) yield { ...usual, ...changeOf(usual) };
    else if (Math.abs(time - burstAt) < 2 * MINUTE && draws.chance(0.3)) yield { ...usual, ...burst };
    else yield usual;
  }
}
