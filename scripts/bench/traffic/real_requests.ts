import type { LogDocument } from '../../../common/log_document';
import { ordinaryRequests, type WebSources } from '../../real_logs/web_attack_logs';
import type { Draws } from './draws';
import type { TrafficKind } from './labelled_traffic';
import { SCANNED, STRANGE_AGENTS } from './payloads';

/*
 * Real requests to a web server with real attack values. Times of day are drawn, as are response times, which access
 * logs of this format do not hold. History and test draw from different requests and different attack values.
 */

type Request = WebSources['requests'][number];
interface Parts {
  readonly requests: readonly Request[];
  readonly attacks: readonly string[];
  readonly values: readonly string[];
}

const PARAMETER_SHARE = 0.1;
const PARAMETERS = ['id', 'q', 'name', 'page', 'lang'];

/** Milliseconds that a path takes as a rule, from 0.3 for a file to 900 for the slowest page. */
function usualTime(path: string): number {
  if (/\.(png|jpe?g|gif|ico|css|js|svg|woff)$/.test(path)) return 0.3 + (path.length % 7) / 10;
  let hash = 7;
  for (let i = 0; i < path.length; i++) hash = (Math.imul(hash, 33) ^ path.charCodeAt(i)) >>> 0;
  return [12, 35, 60, 140, 900][hash % 5];
}

const every = <Item>(items: readonly Item[], part: number): Item[] =>
  items.filter((_item, place) => (place % 4 === 3 ? 1 : 0) === part);

/** @param sources both halves of the traffic draw from these, three quarters for the history and one for the test */
export function realRequests(sources: WebSources): TrafficKind {
  const ordinary = ordinaryRequests(sources);
  const parts = [0, 1].map((part): Parts => ({
    requests: every(ordinary, part),
    attacks: every(sources.attackValues, part),
    values: every(sources.normalValues, part),
  }));
  // The test begins after ten days of history, on a Thursday: see labelled_traffic.ts.
  const partOf = (time: number): Parts => parts[time >= Date.UTC(2026, 2, 12) ? 1 : 0];

  const document = (
    draws: Draws,
    time: number,
    isReleased: boolean,
    change: (usual: Required<Change>) => Change,
  ): LogDocument => {
    const part = partOf(time);
    const real = draws.of(part.requests) as unknown as {
      client?: { ip?: string };
      source?: { ip?: string };
      url: { original: string };
      user_agent?: { original?: string };
      http: {
        request: { method: string; referrer?: string };
        response: { status_code: number; body?: { bytes: number } };
      };
    };
    const isNewPage = isReleased && draws.chance(0.03);
    let url = isNewPage ? `/feed/v2/${draws.integer(1, 999)}` : real.url.original;
    if (draws.chance(PARAMETER_SHARE)) {
      url = `${url.split('?')[0]}?${draws.of(PARAMETERS)}=${encodeURIComponent(draws.of(part.values))}`;
    }
    const failed = draws.chance(0.0008);
    const usual: Required<Change> = {
      url,
      method: real.http.request.method,
      status: failed ? draws.of([500, 503]) : isNewPage ? 200 : real.http.response.status_code,
      milliseconds: draws.logNormal(usualTime(url.split('?')[0]) * (isReleased ? 1.1 : 1), 0.5),
      bytes: failed ? 290 : isNewPage ? draws.logNormal(6_000, 0.3) : (real.http.response.body?.bytes ?? 0),
      agent: real.user_agent?.original ?? '-',
    };
    const log = { ...usual, ...change(usual) };
    return {
      '@timestamp': new Date(time).toISOString(),
      source: { ip: real.source?.ip ?? real.client?.ip ?? '192.0.2.1' },
      url: { original: log.url },
      http: {
        request: {
          method: log.method,
          ...(real.http.request.referrer === undefined ? {} : { referrer: real.http.request.referrer }),
        },
        response: { status_code: log.status, body: { bytes: Math.round(log.bytes) } },
      },
      user_agent: { original: log.agent },
      event: { duration: Math.round(log.milliseconds * 1e6) },
    };
  };
  const incident =
    (change: (draws: Draws) => (usual: Required<Change>, time: number) => Change) =>
    (draws: Draws, isReleased: boolean) => {
      const changed = change(draws);
      return (time: number): LogDocument =>
        document(draws, time, isReleased, (usual) => changed(usual, time));
    };

  return {
    name: 'real requests, real attacks (ECS)',
    fields: {
      timestamp: '@timestamp',
      duration: 'event.duration',
      size: 'http.response.body.bytes',
      status: 'http.response.status_code',
      statusOf: 'http',
      route: ['http.request.method', 'url.original'],
      rare: ['user_agent.original'],
      text: 'url.original',
    },
    logsADay: 5_000,
    swing: 0.5,
    peakHour: 15,
    weekend: 0.7,
    ordinary: (draws, time, isReleased) => document(draws, time, isReleased, () => ({})),
    incidents: incidentsOf(incident, partOf),
  };
}

interface Change {
  readonly url?: string;
  readonly method?: string;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly bytes?: number;
  readonly agent?: string;
}

function incidentsOf(
  incident: (
    change: (draws: Draws) => (usual: Required<Change>, time: number) => Change,
  ) => (draws: Draws, isReleased: boolean) => (time: number) => LogDocument,
  partOf: (time: number) => Parts,
): TrafficKind['incidents'] {
  return {
    failing: incident((draws) => {
      const status = draws.of([500, 502, 503]);
      return ({ milliseconds }) => ({
        status,
        bytes: 290,
        milliseconds: milliseconds * draws.logNormal(2, 0.5),
      });
    }),
    slow: incident((draws) => {
      const times = draws.integer(20, 80);
      return ({ milliseconds }) => ({ milliseconds: milliseconds * times });
    }),
    timing_out: incident((draws) => () => ({
      status: 504,
      bytes: 170,
      milliseconds: 60_000 + 300 * draws.fraction(),
    })),
    attack: incident((draws) => ({ url }, time) => {
      const value = draws.of(partOf(time).attacks);
      const written = draws.chance(0.2) ? value : encodeURIComponent(value);
      return { url: `${url.split('?')[0]}?${draws.of(PARAMETERS)}=${written}` };
    }),
    scan: incident((draws) => {
      const agent = draws.chance(0.5) ? draws.of(STRANGE_AGENTS) : undefined;
      return () => ({
        url: draws.of(SCANNED),
        status: 404,
        bytes: 290,
        milliseconds: draws.logNormal(3, 0.3),
        ...(agent && { agent }),
      });
    }),
    leak: incident((draws) => {
      const bytes = draws.logNormal(900_000_000, 0.5);
      return ({ milliseconds }) => ({
        bytes: bytes * draws.logNormal(1, 0.1),
        milliseconds: milliseconds * 4,
      });
    }),
    odd_method: incident((draws) => {
      const method = draws.of(['TRACE', 'PROPFIND', 'CONNECT', 'DELETE', 'PUT', 'TRACK']);
      return () => ({ method, status: draws.of([405, 400, 501]), bytes: 220 });
    }),
    brute_force: incident((draws) => {
      const agent = draws.of(STRANGE_AGENTS);
      return () => ({
        url: '/wp-login.php',
        method: 'POST',
        status: draws.of([401, 403]),
        bytes: 1_700,
        agent,
      });
    }),
    strange_agent: incident((draws) => {
      const agent = draws.of(STRANGE_AGENTS);
      return () => ({ agent });
    }),
    empty_answer: incident(() => () => ({ status: 200, bytes: 0, method: 'GET' })),
  };
}
