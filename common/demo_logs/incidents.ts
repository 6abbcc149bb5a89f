import { attackTool, makeSuspicious } from './attacks';
import type { Random } from './random';
import type { DemoRequest } from './requests';
import { everydayRequest, strangeClient } from './requests';
import type { DemoService } from './services';

/**
 * - `server_error`: a service answers 500, 502, 503 or 504
 * - `slow_response`: a service takes 8 to 40 times as long
 * - `suspicious_request`: injections, traversal, probing of one attacker
 * - `burst`: very many clients at once; the service slows down and refuses some
 * - `flood`: one client asks for one thing over and over
 * - `silence`: a service logs nothing; there is no log to carry a label, only the incident tells
 */
export const ANOMALY_KINDS = [
  'server_error',
  'slow_response',
  'suspicious_request',
  'burst',
  'flood',
  'silence',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];
export type LoggedKind = Exclude<AnomalyKind, 'silence'>;

/** Something that went wrong from one time to another: ground truth. */
export interface Incident {
  /** `<kind>-<number>`; the label `labels.incident` of its logs. */
  readonly id: string;
  readonly kind: AnomalyKind;
  readonly service: string;
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Logs that belong to it; 0 for a silence. */
  readonly logs: number;
  /** Only where one client is behind it. */
  readonly client?: string;
}

interface Shape {
  /** Frequency among incidents, relative to the others. */
  readonly weight: number;
  /** Fewest and most logs. */
  readonly logs: readonly [number, number];
  /** Shortest and longest duration, milliseconds. */
  readonly duration: readonly [number, number];
}

export const INCIDENT_SHAPES: Readonly<Record<LoggedKind, Shape>> = {
  server_error: { weight: 30, logs: [1, 20], duration: [2_000, 180_000] },
  slow_response: { weight: 30, logs: [1, 20], duration: [2_000, 180_000] },
  suspicious_request: { weight: 40, logs: [1, 12], duration: [1_000, 60_000] },
  burst: { weight: 6, logs: [20, 120], duration: [5_000, 30_000] },
  flood: { weight: 6, logs: [20, 150], duration: [3_000, 30_000] },
};

/** Shortest and longest silence, milliseconds. */
export const SILENCE_DURATION = [120_000, 900_000] as const;

const SERVER_ERRORS: ReadonlyArray<{ status: number; remark: string }> = [
  { status: 500, remark: 'unhandled exception: NullPointerException in request handler' },
  { status: 500, remark: 'database error: could not serialize access due to concurrent update' },
  { status: 500, remark: 'unhandled exception: index out of range' },
  { status: 502, remark: 'upstream sent an invalid header' },
  { status: 503, remark: 'no healthy upstream' },
  { status: 504, remark: 'upstream timed out while reading response header' },
];
const SCRIPTS = ['curl/8.5.0', 'python-requests/2.31.0', 'Go-http-client/1.1', 'Wget/1.21.4', '-'];

/** Draws the part that all logs of one incident share, when the incident begins. */
export type RequestOfIncident = (random: Random, load: number) => DemoRequest;

/** @returns draws the requests of one incident, and the client behind it where there is one */
export function beginIncident(
  kind: LoggedKind,
  service: DemoService,
  random: Random,
): { request: RequestOfIncident; client?: string } {
  switch (kind) {
    case 'server_error': {
      const cause = random.pick(SERVER_ERRORS);
      return {
        request: (source, load) => {
          const request = everydayRequest(service, source, load);
          request.status = cause.status;
          request.remark = cause.remark;
          request.responseBytes = Math.round(source.logNormal(520, 0.3));
          if (cause.status === 504) request.milliseconds = source.between(30_000, 30_200);
          return request;
        },
      };
    }
    case 'slow_response': {
      const factor = random.between(8, 40);
      return {
        request: (source, load) => {
          const request = everydayRequest(service, source, load);
          request.milliseconds = Math.max(800, request.milliseconds * factor);
          request.remark = 'slow request';
          return request;
        },
      };
    }
    case 'suspicious_request': {
      const client = strangeClient(random);
      const tool = attackTool(random, everydayRequest(service, random, 1).userAgent);
      return {
        client,
        request: (source, load) => {
          const request = everydayRequest(service, source, load);
          makeSuspicious(request, source);
          request.client = client;
          request.userAgent = tool;
          return request;
        },
      };
    }
    case 'burst': {
      const factor = random.between(3, 10);
      return {
        request: (source, load) => {
          const request = everydayRequest(service, source, load);
          request.milliseconds *= factor;
          if (source.chance(0.3)) {
            request.status = source.pick([429, 429, 503]);
            request.responseBytes = Math.round(source.logNormal(180, 0.1));
            request.remark = 'over capacity';
          }
          return request;
        },
      };
    }
    case 'flood': {
      const client = strangeClient(random);
      const first = everydayRequest(service, random, 1);
      const userAgent = random.pick(SCRIPTS);
      return {
        client,
        request: (source, load) => {
          const request = everydayRequest(service, source, load);
          const refused = source.chance(0.6);
          return {
            ...request,
            method: first.method,
            path: first.path,
            query: first.query,
            requestBytes: 160,
            client,
            userAgent,
            status: refused ? 429 : first.status,
            responseBytes: refused ? 118 : first.responseBytes,
            milliseconds: refused ? source.logNormal(1.2, 0.2) : request.milliseconds,
            remark: refused ? 'rate limit exceeded' : '',
          };
        },
      };
    }
  }
}
