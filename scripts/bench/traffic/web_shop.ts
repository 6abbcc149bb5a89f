import type { LogDocument } from '../../../common/log_document';
import { filled, type Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';
import { ATTACKS, BROWSERS, SCANNED, STRANGE_AGENTS } from './payloads';

/*
 * A web shop of seven services with ECS field names: pictures in a millisecond, payments in one second, reports in twenty.
 */

interface Route {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly weight: number;
  /** Median response time in milliseconds, median size of the answer in bytes. */
  readonly milliseconds: number;
  readonly bytes: number;
  readonly status: number;
  /** Everyday failures: statuses and their share of all requests. */
  readonly failures?: readonly [status: number, share: number][];
  /** Only once the deployment is done. */
  readonly isNew?: boolean;
}

const ROUTES: readonly Route[] = [
  {
    service: 'storefront',
    method: 'GET',
    path: '/',
    weight: 60,
    milliseconds: 45,
    bytes: 38_000,
    status: 200,
  },
  {
    service: 'storefront',
    method: 'GET',
    path: '/p/{slug}-{id}',
    weight: 140,
    milliseconds: 70,
    bytes: 52_000,
    status: 200,
    failures: [
      [404, 0.03],
      [301, 0.02],
    ],
  },
  {
    service: 'storefront',
    method: 'GET',
    path: '/c/{slug}',
    query: 'page={small}&sort={sort}',
    weight: 70,
    milliseconds: 95,
    bytes: 71_000,
    status: 200,
    failures: [[404, 0.01]],
  },
  {
    service: 'storefront',
    method: 'GET',
    path: '/help/{slug}',
    weight: 8,
    milliseconds: 25,
    bytes: 14_000,
    status: 200,
  },
  {
    service: 'pictures',
    method: 'GET',
    path: '/img/{hash}/{id}.webp',
    weight: 260,
    milliseconds: 1.4,
    bytes: 64_000,
    status: 200,
    failures: [
      [304, 0.25],
      [404, 0.01],
    ],
  },
  {
    service: 'pictures',
    method: 'GET',
    path: '/img/{hash}/{id}.thumb.webp',
    weight: 140,
    milliseconds: 0.8,
    bytes: 4_200,
    status: 200,
    failures: [[304, 0.2]],
  },
  {
    service: 'search',
    method: 'GET',
    path: '/search',
    query: 'q={slug}+{slug}&page={small}',
    weight: 70,
    milliseconds: 130,
    bytes: 18_000,
    status: 200,
    failures: [
      [400, 0.006],
      [429, 0.003],
    ],
  },
  {
    service: 'search',
    method: 'GET',
    path: '/suggest',
    query: 'q={slug}',
    weight: 90,
    milliseconds: 12,
    bytes: 800,
    status: 200,
  },
  {
    service: 'basket',
    method: 'GET',
    path: '/baskets/{uuid}',
    weight: 45,
    milliseconds: 9,
    bytes: 2_300,
    status: 200,
    failures: [[404, 0.02]],
  },
  {
    service: 'basket',
    method: 'POST',
    path: '/baskets/{uuid}/items',
    weight: 22,
    milliseconds: 18,
    bytes: 900,
    status: 201,
    failures: [
      [409, 0.02],
      [422, 0.01],
    ],
  },
  {
    service: 'basket',
    method: 'DELETE',
    path: '/baskets/{uuid}/items/{small}',
    weight: 6,
    milliseconds: 14,
    bytes: 0,
    status: 204,
  },
  {
    service: 'accounts',
    method: 'POST',
    path: '/login',
    weight: 12,
    milliseconds: 210,
    bytes: 640,
    status: 200,
    failures: [
      [401, 0.09],
      [429, 0.004],
    ],
  },
  {
    service: 'accounts',
    method: 'GET',
    path: '/accounts/{id}/orders',
    weight: 10,
    milliseconds: 60,
    bytes: 8_800,
    status: 200,
    failures: [[401, 0.03]],
  },
  {
    service: 'accounts',
    method: 'PUT',
    path: '/accounts/{id}/address',
    weight: 3,
    milliseconds: 40,
    bytes: 300,
    status: 204,
    failures: [[422, 0.04]],
  },
  {
    service: 'payments',
    method: 'POST',
    path: '/charges',
    weight: 7,
    milliseconds: 1_150,
    bytes: 720,
    status: 201,
    failures: [
      [402, 0.04],
      [409, 0.005],
    ],
  },
  {
    service: 'payments',
    method: 'GET',
    path: '/charges/{uuid}',
    weight: 9,
    milliseconds: 35,
    bytes: 1_100,
    status: 200,
  },
  {
    service: 'reports',
    method: 'GET',
    path: '/reports/sales',
    query: 'from=2026-02-{small}',
    weight: 1.2,
    milliseconds: 21_000,
    bytes: 2_400_000,
    status: 200,
  },
  {
    service: 'reports',
    method: 'GET',
    path: '/health',
    weight: 14,
    milliseconds: 0.6,
    bytes: 17,
    status: 200,
  },
  {
    service: 'basket',
    method: 'POST',
    path: '/baskets/{uuid}/vouchers',
    weight: 5,
    milliseconds: 22,
    bytes: 450,
    status: 201,
    failures: [[422, 0.1]],
    isNew: true,
  },
];

const WORDS = {
  slug: [
    'lamp',
    'chair',
    'oak-table',
    'rug',
    'kettle',
    'sofa',
    'desk',
    'shelf',
    'mirror',
    'vase',
    'returns',
    'bed',
  ],
  sort: ['price', 'name', 'rating', 'new'],
};
/** Failures of the servers that come and go every day: no incident. */
const SERVER_FAILURES = 0.0004;
const LATENCY_SPREAD = 0.45;
const SIZE_SPREAD = 0.3;

interface Request {
  readonly route: Route;
  readonly time: number;
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly requestBytes: number;
  readonly agent: string;
  readonly client: string;
}

function document({ route, time, ...request }: Request, draws: Draws): LogDocument {
  const [path, query] = request.url.split('?', 2);
  return {
    '@timestamp': new Date(time).toISOString(),
    event: { dataset: 'shop.access', duration: Math.max(20_000, Math.round(request.milliseconds * 1e6)) },
    service: { name: route.service },
    host: { name: `${route.service}-${draws.integer(1, route.service === 'pictures' ? 4 : 2)}` },
    client: { ip: request.client },
    http: {
      request: { method: request.method, bytes: Math.round(request.requestBytes) },
      response: { status_code: request.status, body: { bytes: Math.round(request.bytes) } },
    },
    url: { original: request.url, path, ...(query === undefined ? {} : { query }) },
    user_agent: { original: request.agent },
    log: { level: request.status >= 500 ? 'error' : 'info' },
    trace: { id: draws.hexadecimal(16) },
  };
}

const customer = (draws: Draws): string => `198.51.${draws.integer(0, 120)}.${draws.integer(1, 254)}`;

function request(route: Route, draws: Draws, time: number, isReleased: boolean): Request {
  // The deployment makes the shop a little slower, and its pages a little larger.
  const [slower, larger] = isReleased ? [1.15, 1.08] : [1, 1];
  const url = filled(route.query === undefined ? route.path : `${route.path}?${route.query}`, draws, WORDS);
  let status = route.status;
  let left = draws.fraction();
  for (const [failure, share] of route.failures ?? []) {
    if ((left -= share) < 0) {
      status = failure;
      break;
    }
  }
  if (draws.chance(SERVER_FAILURES)) status = draws.of([500, 502, 503]);
  const milliseconds = draws.logNormal(route.milliseconds * slower, LATENCY_SPREAD);
  const usualBytes = draws.logNormal(route.bytes * larger, SIZE_SPREAD);
  return {
    ...{ route, time, url, status, milliseconds, method: route.method },
    bytes: status === 304 ? 0 : status >= 300 ? draws.logNormal(310, 0.3) : usualBytes,
    requestBytes: draws.logNormal(route.method === 'GET' ? 480 : 1_300, 0.25),
    agent: route.path === '/health' ? 'kube-probe/1.31' : draws.weighted(BROWSERS).name,
    client: route.path === '/health' ? '10.0.0.7' : customer(draws),
  };
}

const routesNow = (isReleased: boolean): readonly Route[] =>
  ROUTES.filter(({ isNew }) => isReleased || isNew !== true);

type Change = (request: Request, draws: Draws) => Partial<Request>;

/** An incident of one route, which is drawn among those that `suits`, by its share of the traffic or evenly. */
const onOneRoute =
  (change: (draws: Draws) => Change, suits: (route: Route) => boolean = () => true) =>
  (draws: Draws, isReleased: boolean) => {
    const route = draws.of(routesNow(isReleased).filter(suits));
    const changed = change(draws);
    return (time: number): LogDocument => {
      const usual = request(route, draws, time, isReleased);
      return document({ ...usual, ...changed(usual, draws) }, draws);
    };
  };

const isPage = ({ path }: Route): boolean => path !== '/health';

export const webShop: TrafficKind = {
  name: 'web shop (ECS)',
  fields: {
    timestamp: '@timestamp',
    duration: 'event.duration',
    size: 'http.response.body.bytes',
    status: 'http.response.status_code',
    statusOf: 'http',
    route: ['service.name', 'http.request.method', 'url.path'],
    rare: ['user_agent.original'],
    text: 'url.original',
  },
  logsADay: 9_000,
  swing: 0.8,
  peakHour: 19,
  weekend: 1.2,
  ordinary: (draws, time, isReleased) =>
    document(request(draws.weighted(routesNow(isReleased)), draws, time, isReleased), draws),
  incidents: {
    failing: onOneRoute((draws) => {
      const status = draws.of([500, 500, 502, 503]);
      return ({ milliseconds }) => ({
        status,
        milliseconds: milliseconds * draws.logNormal(1.5, 0.6),
        bytes: draws.logNormal(240, 0.2),
      });
    }, isPage),
    timing_out: onOneRoute(
      () => (_request, draws) => ({ status: 504, milliseconds: 30_000 + 200 * draws.fraction(), bytes: 160 }),
      isPage,
    ),
    slow: onOneRoute((draws) => {
      const times = draws.integer(15, 60);
      return ({ milliseconds }) => ({ milliseconds: milliseconds * times });
    }, isPage),
    attack: (draws, isReleased) => {
      const client = customer(draws);
      const route = draws.of(
        routesNow(isReleased)
          .filter(({ method }) => method === 'GET')
          .filter(isPage),
      );
      const agent = draws.chance(0.3) ? draws.of(STRANGE_AGENTS) : draws.weighted(BROWSERS).name;
      return (time) => {
        const usual = request(route, draws, time, isReleased);
        const payload = draws.of(ATTACKS);
        const value = draws.chance(0.6) ? encodeURIComponent(payload) : payload.replaceAll(' ', '+');
        const url = `${usual.url.split('?')[0]}?${draws.of(['q', 'id', 'page', 'sort', 'file'])}=${value}`;
        return document(
          { ...usual, url, client, agent, status: draws.of([usual.status, 400, 403, 500]) },
          draws,
        );
      };
    },
    scan: (draws, isReleased) => {
      const client = customer(draws);
      const agent = draws.chance(0.5) ? draws.of(STRANGE_AGENTS) : draws.weighted(BROWSERS).name;
      return (time) => {
        const usual = request(ROUTES[0], draws, time, isReleased);
        const found = {
          url: draws.of(SCANNED),
          status: 404,
          milliseconds: draws.logNormal(4, 0.3),
          bytes: 310,
        };
        return document({ ...usual, ...found, client, agent }, draws);
      };
    },
    leak: onOneRoute(
      (draws) => {
        const times = draws.integer(60, 400);
        return ({ bytes, milliseconds }) => ({
          bytes: (bytes + 500) * times,
          milliseconds: milliseconds * 3,
        });
      },
      ({ status, path }) => status < 300 && path !== '/health' && path !== '/reports/sales',
    ),
    odd_method: onOneRoute(
      (draws) => {
        const method = draws.of(['TRACE', 'PROPFIND', 'CONNECT', 'PATCH', 'OPTIONS', 'PUT']);
        return () => ({ method, status: draws.of([405, 400, 501]), bytes: 180, milliseconds: 3 });
      },
      ({ method }) => method === 'GET',
    ),
    credential_stuffing: onOneRoute(
      (draws) => {
        const agent = draws.of(['python-requests/2.6.0', 'Go-http-client/2.0', 'okhttp/3.4.1']);
        const client = customer(draws);
        return () => ({
          agent,
          client,
          status: draws.of([401, 401, 403, 429]),
          milliseconds: draws.logNormal(180, 0.2),
        });
      },
      ({ path }) => path === '/login',
    ),
    empty_answer: onOneRoute(
      () => () => ({ bytes: 0, status: 200 }),
      ({ method, bytes, path }) => method === 'GET' && bytes > 5_000 && !path.startsWith('/img'),
    ),
    strange_agent: onOneRoute((draws) => {
      const agent = draws.of(STRANGE_AGENTS);
      return () => ({ agent });
    }, isPage),
    huge_upload: onOneRoute(
      (draws) => {
        const times = draws.integer(200, 4_000);
        return ({ requestBytes }) => ({
          requestBytes: requestBytes * times,
          status: draws.of([413, 400, 201]),
        });
      },
      ({ method }) => method === 'POST',
    ),
  },
};
