import type { Random } from './random';
import type { DemoRequest } from './requests';

/** Ground truth of one log. Never a feature. */
export interface DemoLabels {
  anomaly: 'true' | 'false';
  kind?: string;
  incident?: string;
}

/** One request as a log document: ECS names, and beside them the four names of the exercise. */
export interface DemoDocument {
  '@timestamp': string;
  message: string;
  log: { level: 'info' | 'warn' | 'error' };
  event: { dataset: string; duration: number };
  service: { name: string };
  host: { name: string };
  client: { ip: string };
  http: {
    version: string;
    request: { method: string; bytes: number };
    response: { status_code: number; body: { bytes: number } };
  };
  url: { original: string; path: string; query?: string };
  user_agent: { original: string };
  trace: { id: string };
  /** Milliseconds. */
  response_time: number;
  status_code: number;
  /** Bytes. */
  request_size: number;
  /** 0 to 23, UTC. */
  hour_of_day: number;
  labels: DemoLabels;
}

/** @param time epoch milliseconds */
export function demoDocument(
  time: number,
  request: DemoRequest,
  labels: DemoLabels,
  random: Random,
): DemoDocument {
  const url = request.query ? `${request.path}?${request.query}` : request.path;
  const microseconds = Math.max(50, Math.round(request.milliseconds * 1_000));
  const { status } = request;
  const remark = request.remark ? `: ${request.remark}` : '';
  const date = new Date(time);
  return {
    '@timestamp': date.toISOString(),
    message: `${request.method} ${url} ${status} ${request.responseBytes}B ${Math.ceil(microseconds / 1_000)}ms${remark}`,
    log: {
      level: status >= 500 ? 'error' : status >= 400 || request.remark === 'slow request' ? 'warn' : 'info',
    },
    event: { dataset: `${request.service.name}.access`, duration: microseconds * 1_000 },
    service: { name: request.service.name },
    host: { name: request.host },
    client: { ip: request.client },
    http: {
      version: '1.1',
      request: { method: request.method, bytes: request.requestBytes },
      response: { status_code: status, body: { bytes: request.responseBytes } },
    },
    url: { original: url, path: request.path, ...(request.query ? { query: request.query } : {}) },
    user_agent: { original: request.userAgent },
    trace: { id: random.hexadecimal(32) },
    response_time: microseconds / 1_000,
    status_code: status,
    request_size: request.requestBytes,
    hour_of_day: date.getUTCHours(),
    labels,
  };
}
