import { HOUR } from '../duration';

/** One endpoint of a demo service. `{id}`, `{slug}` and `{word}` in `path` and `query` are filled in for each request. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: string;
  /** Share among the endpoints of the service, relative to the others. */
  readonly weight: number;
  /** Median of the log-normal response time, milliseconds. */
  readonly medianMilliseconds: number;
  /** Median of the log-normal size of the response body, bytes. */
  readonly medianBytes: number;
  /** Median of the log-normal size of the request, bytes. */
  readonly medianRequestBytes: number;
  /** Status of a request that went well. */
  readonly success: number;
}

export interface DemoService {
  readonly name: string;
  /** Share of all traffic, relative to the other services. */
  readonly weight: number;
  readonly hosts: readonly string[];
  /** Share of requests that the client got wrong: 400, 401, 404, 429. Everyday, not an anomaly. */
  readonly clientErrorRate: number;
  readonly clientErrors: readonly number[];
  /** Standard deviation of the logarithm of the response time. */
  readonly latencySpread: number;
  /** Hour of the day (UTC, 0 to 24) with most traffic. */
  readonly peakHour: number;
  /** 0 flat, towards 1 nearly no traffic at night. */
  readonly dailySwing: number;
  /** Traffic on Saturdays and Sundays compared with a working day. */
  readonly weekendFactor: number;
  /** People with browsers, or other programs. */
  readonly audience: 'browsers' | 'programs';
  readonly endpoints: readonly Endpoint[];
}

const endpoint = (
  method: Endpoint['method'],
  path: string,
  traits: Pick<Endpoint, 'weight' | 'medianMilliseconds' | 'medianBytes'> & Partial<Endpoint>,
): Endpoint => ({
  method,
  path,
  medianRequestBytes: method === 'GET' || method === 'DELETE' ? 420 : 1_400,
  success: 200,
  ...traits,
});

export const DEMO_SERVICES: readonly DemoService[] = [
  {
    name: 'web-frontend',
    weight: 45,
    hosts: ['web-1', 'web-2', 'web-3'],
    clientErrorRate: 0.02,
    clientErrors: [404, 404, 404, 403],
    latencySpread: 0.45,
    peakHour: 19,
    dailySwing: 0.75,
    weekendFactor: 1.25,
    audience: 'browsers',
    endpoints: [
      endpoint('GET', '/', { weight: 10, medianMilliseconds: 38, medianBytes: 24_000 }),
      endpoint('GET', '/products/{slug}', { weight: 20, medianMilliseconds: 52, medianBytes: 31_000 }),
      endpoint('GET', '/category/{word}', {
        weight: 9,
        medianMilliseconds: 61,
        medianBytes: 42_000,
        query: 'page={page}&sort={sort}',
      }),
      endpoint('GET', '/static/js/app.{build}.js', {
        weight: 12,
        medianMilliseconds: 6,
        medianBytes: 180_000,
      }),
      endpoint('GET', '/static/css/main.{build}.css', {
        weight: 9,
        medianMilliseconds: 4,
        medianBytes: 38_000,
      }),
      endpoint('GET', '/images/products/{id}.webp', {
        weight: 28,
        medianMilliseconds: 7,
        medianBytes: 64_000,
      }),
      endpoint('GET', '/images/products/{id}.webp', {
        weight: 6,
        medianMilliseconds: 3,
        medianBytes: 0,
        success: 304,
      }),
      endpoint('GET', '/cart', { weight: 4, medianMilliseconds: 70, medianBytes: 12_000 }),
      endpoint('GET', '/account', { weight: 2, medianMilliseconds: 64, medianBytes: 14_000 }),
    ],
  },
  {
    name: 'search-api',
    weight: 20,
    hosts: ['search-1', 'search-2'],
    clientErrorRate: 0.012,
    clientErrors: [400, 400, 429],
    latencySpread: 0.6,
    peakHour: 20,
    dailySwing: 0.7,
    weekendFactor: 1.15,
    audience: 'browsers',
    endpoints: [
      endpoint('GET', '/api/search', {
        weight: 10,
        medianMilliseconds: 85,
        medianBytes: 9_500,
        query: 'q={word}+{word}&page={page}',
      }),
      endpoint('GET', '/api/suggest', {
        weight: 16,
        medianMilliseconds: 18,
        medianBytes: 900,
        query: 'prefix={prefix}',
      }),
      endpoint('GET', '/api/search/facets', {
        weight: 4,
        medianMilliseconds: 46,
        medianBytes: 3_200,
        query: 'category={word}',
      }),
    ],
  },
  {
    name: 'checkout-api',
    weight: 12,
    hosts: ['checkout-1', 'checkout-2'],
    clientErrorRate: 0.025,
    clientErrors: [400, 409, 422, 404],
    latencySpread: 0.5,
    peakHour: 19,
    dailySwing: 0.8,
    weekendFactor: 1.2,
    audience: 'browsers',
    endpoints: [
      endpoint('POST', '/api/cart/items', {
        weight: 10,
        medianMilliseconds: 44,
        medianBytes: 1_200,
        success: 201,
      }),
      endpoint('GET', '/api/cart/{uuid}', { weight: 12, medianMilliseconds: 24, medianBytes: 2_600 }),
      endpoint('DELETE', '/api/cart/items/{id}', {
        weight: 3,
        medianMilliseconds: 30,
        medianBytes: 0,
        success: 204,
      }),
      endpoint('POST', '/api/orders', {
        weight: 3,
        medianMilliseconds: 240,
        medianBytes: 1_900,
        success: 201,
        medianRequestBytes: 2_300,
      }),
      endpoint('GET', '/api/orders/{id}', { weight: 5, medianMilliseconds: 33, medianBytes: 3_000 }),
      endpoint('POST', '/api/payments', {
        weight: 3,
        medianMilliseconds: 410,
        medianBytes: 800,
        success: 202,
      }),
    ],
  },
  {
    name: 'auth-api',
    weight: 13,
    hosts: ['auth-1', 'auth-2'],
    clientErrorRate: 0.06,
    clientErrors: [401, 401, 401, 400],
    latencySpread: 0.35,
    peakHour: 9,
    dailySwing: 0.65,
    weekendFactor: 0.8,
    audience: 'browsers',
    endpoints: [
      endpoint('POST', '/api/login', {
        weight: 4,
        medianMilliseconds: 145,
        medianBytes: 700,
        medianRequestBytes: 520,
      }),
      endpoint('POST', '/api/token/refresh', {
        weight: 12,
        medianMilliseconds: 22,
        medianBytes: 950,
        medianRequestBytes: 780,
      }),
      endpoint('GET', '/api/session', { weight: 16, medianMilliseconds: 9, medianBytes: 420 }),
      endpoint('POST', '/api/logout', {
        weight: 2,
        medianMilliseconds: 12,
        medianBytes: 0,
        success: 204,
        medianRequestBytes: 380,
      }),
    ],
  },
  {
    name: 'inventory-api',
    weight: 10,
    hosts: ['inventory-1'],
    clientErrorRate: 0.008,
    clientErrors: [404, 409],
    latencySpread: 0.4,
    peakHour: 13,
    dailySwing: 0.35,
    weekendFactor: 0.55,
    audience: 'programs',
    endpoints: [
      endpoint('GET', '/internal/stock/{id}', { weight: 18, medianMilliseconds: 11, medianBytes: 340 }),
      endpoint('PUT', '/internal/stock/{id}', {
        weight: 5,
        medianMilliseconds: 27,
        medianBytes: 180,
        medianRequestBytes: 640,
      }),
      endpoint('GET', '/internal/warehouses', { weight: 2, medianMilliseconds: 19, medianBytes: 5_200 }),
      endpoint('GET', '/health', { weight: 4, medianMilliseconds: 1.5, medianBytes: 15 }),
    ],
  },
];

const DAY = 24 * HOUR;

/** Unnormalised: a raised cosine over the day times the factor of the day of the week. */
function rawSeason(service: DemoService, time: number): number {
  const hour = (((time % DAY) + DAY) % DAY) / HOUR;
  const daily = 1 + service.dailySwing * Math.cos(((hour - service.peakHour) / 24) * 2 * Math.PI);
  // The epoch was a Thursday: Saturday and Sunday are days 2 and 3 from there.
  const dayFromThursday = ((Math.floor(time / DAY) % 7) + 7) % 7;
  return daily * (dayFromThursday === 2 || dayFromThursday === 3 ? service.weekendFactor : 1);
}

/**
 * Traffic of a service at a time compared with its mean over a whole week, which is 1.
 *
 * @param time epoch milliseconds; hours and days are UTC
 */
export function seasonOf(service: DemoService, time: number): number {
  // Over whole days the cosine averages to nothing, so the weekly mean is that of the days' factors.
  return rawSeason(service, time) / ((5 + 2 * service.weekendFactor) / 7);
}

/** The largest value that {@link seasonOf} can take. */
export function largestSeasonOf(service: DemoService): number {
  return (
    ((1 + service.dailySwing) * Math.max(1, service.weekendFactor)) / ((5 + 2 * service.weekendFactor) / 7)
  );
}
