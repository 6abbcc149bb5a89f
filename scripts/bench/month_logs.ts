import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { SourceLog } from '../../common/log_document';
import type { WebSources } from '../real_logs/web_attack_logs';
import { HOUR } from '../../common/duration';

export const DAY = 86_400_000;
export const INDEX = 'month';
/** A Monday. */
export const START = Date.UTC(2026, 8, 7);

/** Events of the month, in days from its start; the first week is the training window. */
export const MONTH = {
  days: 35,
  release: 12,
  newEndpoint: 18,
  badWeek: { from: 21, to: 28 },
  /** From here on somebody exports everything each night: rare, slow, large and harmless. */
  export: 8,
} as const;
const LOGS_A_DAY = 4_000;
export const ANOMALIES_A_DAY = 10;

/** Truth about a log: a kind of anomaly, `degraded` (part of the bad week, where an alert is right but not required), or none. */
export type Truth = 'attack' | 'slow' | 'huge' | 'failure' | 'degraded' | undefined;
const KINDS = ['attack', 'slow', 'huge', 'failure'] as const;

export interface MonthDay {
  /** In the order of time. */
  readonly logs: readonly SourceLog[];
  /** By the ids of the logs; ordinary ones are left out. */
  readonly truths: ReadonlyMap<string, Exclude<Truth, undefined>>;
  /** More anomalies of the same kinds, on logs of that day: for comparing two models without the noise of ten a day. */
  readonly probes: readonly SourceLog[];
}

const PROBES = 200;

/** Each path has a response time of its own. */
function usualTime(path: string): number {
  let hash = 0;
  for (let i = 0; i < path.length; i++) hash = (Math.imul(hash, 31) + path.charCodeAt(i)) >>> 0;
  return 20 + (hash % 180);
}

/**
 * One day of real requests with a rhythm of the day and of the week, response times that grow slowly over the month, a
 * release that moves a quarter of the traffic, a new endpoint, one bad week, a harmless export each night, and ten anomalies.
 *
 * @param day from 0; the same seed and day give the same logs
 */
export function dayOfMonth(sources: WebSources, day: number, seed: number): MonthDay {
  const random = xoroshiro128plus(seed * 1_000 + day);
  const below = (limit: number): number => unsafeUniformIntDistribution(0, limit - 1, random);
  const draw = <Item>(items: readonly Item[]): Item => items[below(items.length)];
  const fraction = (): number => below(1_000_000) / 1_000_000;
  const bell = (): number => fraction() + fraction() + fraction() + fraction() - 2;
  const isWeekend = day % 7 >= 5;
  const isBad = day >= MONTH.badWeek.from && day < MONTH.badWeek.to;
  const growth = 1 + (0.6 * day) / MONTH.days;
  const truths = new Map<string, Exclude<Truth, undefined>>();

  const request = (id: string, truth: Truth): SourceLog => {
    const real = draw(sources.requests) as unknown as {
      url: { original: string };
      http: { request: { method: string }; response: { status_code: number; body?: { bytes: number } } };
    };
    const hour = timeOfDay();
    const busy = 1 + 0.3 * Math.sin(((hour - 8 * HOUR) / (24 * HOUR)) * 2 * Math.PI);
    let url = real.url.original;
    let status = real.http.response.status_code;
    let bytes = real.http.response.body?.bytes ?? 0;
    if (day >= MONTH.newEndpoint && fraction() < 0.05) {
      url = `/api/recommend/${below(100_000)}`;
      [status, bytes] = [200, 30_000 + below(20_000)];
    } else if (day >= MONTH.release && fraction() < 0.25) url = `/v2${url}`;
    let time = usualTime(url.split('?')[0]) * growth * busy * Math.exp(0.5 * bell());
    const isDegraded = isBad && fraction() < 0.2;
    if (isDegraded) time *= 2;
    switch (truth) {
      case 'attack':
        url = `${url.split('?')[0]}?id=${encodeURIComponent(draw(sources.attackValues))}`;
        break;
      case 'slow':
        time = 30_000 + 30_000 * fraction();
        break;
      case 'huge':
        bytes = 1_000_000_000 + below(3_000_000_000);
        break;
      case 'failure':
        status = 500 + below(4);
        time *= 8;
        break;
    }
    const found = truth ?? (isDegraded ? 'degraded' : undefined);
    if (found !== undefined) truths.set(id, found);
    return {
      index: INDEX,
      id,
      document: {
        '@timestamp': new Date(START + day * DAY + hour).toISOString(),
        url: { original: url },
        http: {
          request: { method: real.http.request.method },
          response: { status_code: status, body: { bytes } },
        },
        response_time: Math.round(time * 100) / 100,
      },
    };
  };

  /** Busy by day, quiet by night. */
  function timeOfDay(): number {
    for (;;) {
      const time = below(24 * HOUR);
      if (fraction() < 0.6 + 0.4 * Math.sin(((time - 8 * HOUR) / (24 * HOUR)) * 2 * Math.PI)) return time;
    }
  }

  const count = Math.round(LOGS_A_DAY * (isWeekend ? 0.5 : 1));
  const logs = Array.from({ length: count }, (_none, i) =>
    request(`${day}-${i}`, i < ANOMALIES_A_DAY ? KINDS[i % KINDS.length] : undefined),
  );
  const probes = Array.from({ length: PROBES }, (_none, i) =>
    request(`${day}-probe-${i}`, KINDS[i % KINDS.length]),
  );
  if (day >= MONTH.export) {
    const time = START + day * DAY + 2 * HOUR + below(HOUR);
    logs.push({
      index: INDEX,
      id: `${day}-export`,
      document: {
        '@timestamp': new Date(time).toISOString(),
        url: { original: `/export/everything?format=csv&part=${below(40)}` },
        http: {
          request: { method: 'GET' },
          response: { status_code: 200, body: { bytes: 900_000_000 + below(90_000_000) } },
        },
        response_time: 20_000 + below(8_000),
      },
    });
  }
  const timeOf = ({ document }: SourceLog): string => document['@timestamp'] as string;
  return { logs: logs.sort((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1)), truths, probes };
}
