import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { LogDocument } from '../../common/log_document';
import { ordinaryRequests, readWebSources, type WebSources } from '../real_logs/web_attack_logs';
import { DAY } from '../../common/duration';

/** Shares of the three kinds of anomaly among all logs: together the contamination that detectors expect by default. */
const ATTACK_SHARE = 0.005;
const FAILING_SHARE = 0.0025;
const SLOW_SHARE = 0.0025;
/** Share of the ordinary requests that get an ordinary parameter, so that having one gives nothing away. */
const PARAMETER_SHARE = 0.1;
/** Ordinary response times: a log-normal around this median. Access logs of this format hold none. */
const MEDIAN_MILLISECONDS = 40;
const LATENCY_SPREAD = 0.6;
/** The first logs are history to train on, the rest is new traffic. */
export const HISTORY_SHARE = 0.7;

const NANOSECONDS_IN_A_MILLISECOND = 1_000_000;

/**
 * Real access-log requests that are known to be ordinary, compressed into the last days up to `now`, with attacks (real payloads), failing and slow
 * requests mixed in at known places. Response times are drawn, since access logs of this format have none. The
 * ground truth stands in `labels`, which is never a feature.
 */
export function mixRealWebLogs(
  now: number,
  days: number,
  seed: number,
  sources: WebSources = readWebSources(),
): LogDocument[] {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => unsafeUniformIntDistribution(1, 1_000_000, random) / 1_000_001;
  const draw = <Item>(items: readonly Item[]): Item => items[Math.floor(uniform() * items.length)];
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const latency = (): number => MEDIAN_MILLISECONDS * Math.exp(LATENCY_SPREAD * normal());
  const withParameter = (request: LogDocument, value: string): LogDocument => {
    const path = (request.url as { original: string }).original.split('?')[0];
    return {
      ...request,
      url: {
        original: `${path}?${draw(['id', 'q', 'name', 'page'])}=${encodeURIComponent(value)}`,
      },
    };
  };
  const requests = ordinaryRequests(sources);
  const kinds = { suspicious_request: ATTACK_SHARE, server_error: FAILING_SHARE, slow_response: SLOW_SHARE };
  const anomalies = new Map<number, keyof typeof kinds>();
  for (const [kind, share] of Object.entries(kinds)) {
    for (let count = Math.round(requests.length * share); count > 0;) {
      const place = Math.floor(uniform() * requests.length);
      if (anomalies.has(place)) continue;
      anomalies.set(place, kind as keyof typeof kinds);
      count--;
    }
  }
  const span = days * DAY;
  const total = requests.length;
  return requests.map((request, place) => {
    const kind = anomalies.get(place);
    let log: LogDocument =
      uniform() < PARAMETER_SHARE ? withParameter(request, draw(sources.normalValues)) : request;
    let milliseconds = latency();
    if (kind === 'suspicious_request') log = withParameter(request, draw(sources.attackValues));
    if (kind === 'slow_response') milliseconds = 2_000 + 8_000 * uniform();
    if (kind === 'server_error') {
      const http = log.http as { response?: object };
      log = {
        ...log,
        http: { ...http, response: { ...http.response, status_code: 503, body: { bytes: 162 } } },
      };
      milliseconds = 500 + 2_500 * uniform();
    }
    const { message: _line, ...rest } = log;
    const http = log.http as { request: { method: string }; response: { status_code: number } };
    // The few that the real server failed on as well.
    const truth = kind ?? (http.response.status_code >= 500 ? 'server_error' : undefined);
    return {
      ...rest,
      message: `${http.request.method} ${(log.url as { original: string }).original} ${http.response.status_code} ${Math.round(milliseconds)}ms`,
      '@timestamp': new Date(Math.round(now - span + (span * place) / total)).toISOString(),
      event: { duration: Math.round(milliseconds * NANOSECONDS_IN_A_MILLISECOND) },
      service: { name: 'website' },
      labels:
        truth === undefined
          ? { anomaly: 'false' }
          : { anomaly: 'true', kind: truth, incident: `${truth}-${place}` },
    };
  });
}

/** Anomalies of many logs together: floods of one client, and times without any log. */
const FLOODS = { count: 3, logs: 60, milliseconds: 90_000 };
const SILENCES = { count: 2, milliseconds: 1_200_000 };

/**
 * Puts floods and silences into logs at even distances, one kind after the other.
 *
 * @param logs of {@link mixRealWebLogs}, in the order of time
 * @returns the logs in that order, and the list of silences as `generate-logs --incidents` writes it
 */
export function withFloodsAndSilences(logs: readonly LogDocument[]): {
  logs: LogDocument[];
  incidents: { id: string; kind: string; service: string; from: number; to: number; logs: number }[];
} {
  const timeOf = (log: LogDocument): number => Date.parse(log['@timestamp'] as string);
  const [start, end] = [timeOf(logs[0]), timeOf(logs[logs.length - 1])];
  const total = FLOODS.count + SILENCES.count;
  const begin = (place: number): number => Math.round(start + ((end - start) * (place + 0.5)) / total);
  const silences = Array.from({ length: SILENCES.count }, (_none, i) => {
    const from = begin(2 * i + 1);
    const id = `silence-${i + 1}`;
    return { id, kind: 'silence', service: 'website', from, to: from + SILENCES.milliseconds, logs: 0 };
  });
  const spoken = logs.filter((log) =>
    silences.every(({ from, to }) => timeOf(log) < from || timeOf(log) >= to),
  );
  const floods = Array.from({ length: FLOODS.count }, (_none, i) => {
    const from = begin(2 * i);
    const first = spoken.find((log) => timeOf(log) >= from) as LogDocument;
    return Array.from({ length: FLOODS.logs }, (_no, log): LogDocument => ({
      ...first,
      '@timestamp': new Date(from + Math.round((log * FLOODS.milliseconds) / FLOODS.logs)).toISOString(),
      client: { ip: `203.0.113.${i + 1}` },
      labels: { anomaly: 'true', kind: 'flood', incident: `flood-${i + 1}` },
    }));
  }).flat();
  return {
    logs: [...spoken, ...floods].sort((one, other) => timeOf(one) - timeOf(other)),
    incidents: silences,
  };
}
