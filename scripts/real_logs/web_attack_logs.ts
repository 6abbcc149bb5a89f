import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { LogDocument } from '../../common/log_document';
import { parseLines } from '../../common/log_parsing';

/** Folder of the shared data sets. */
export const dataFolder = (): string =>
  process.env.LOG_ANOMALIES_DATA ?? join(__dirname, '../../../shared/data');

/** Real access logs and real parameter values, apart. */
export interface WebSources {
  readonly requests: readonly WebRequest[];
  readonly normalValues: readonly string[];
  readonly attackValues: readonly string[];
}

/** An access-log document as the parser makes it. */
interface WebRequest extends LogDocument {
  readonly url: { readonly original: string };
}

/** RFC 4180 records: quoted fields may hold commas, quotes (doubled) and line ends. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y;
  for (
    let match = field.exec(text);
    match !== null && field.lastIndex <= text.length;
    match = field.exec(text)
  ) {
    record.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] !== ',') {
      records.push(record);
      record = [];
      if (field.lastIndex >= text.length) break;
    }
  }
  return records;
}

/** Reads `apache_access.log.gz` and `http_params.csv`. */
export function readWebSources(folder = dataFolder()): WebSources {
  const lines = gunzipSync(readFileSync(join(folder, 'apache_access.log.gz')))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const requests: WebRequest[] = [];
  for (const outcome of parseLines(lines, 'combined')) {
    if ('document' in outcome) requests.push(outcome.document as WebRequest);
  }
  const values = parseCsv(readFileSync(join(folder, 'http_params.csv'), 'utf8')).slice(1);
  const labelled = (label: string): string[] =>
    values.filter((record) => record[3] === label && record[0] !== '').map(([payload]) => payload);
  return { requests, normalValues: labelled('norm'), attackValues: labelled('anom') };
}

/** Paths that came less often in the real logs are odd themselves, spam and broken links, and nobody has judged them. */
const FEWEST_OF_A_PATH = 5;

/** Real requests that are known to be ordinary. */
export function ordinaryRequests({ requests }: WebSources): WebSources['requests'] {
  const pathOf = ({ url }: WebSources['requests'][number]): string => url.original.split('?')[0];
  const counts = new Map<string, number>();
  for (const request of requests) counts.set(pathOf(request), 1 + (counts.get(pathOf(request)) ?? 0));
  return requests.filter((request) => (counts.get(pathOf(request)) as number) >= FEWEST_OF_A_PATH);
}

export interface MixOptions {
  readonly seed: number;
  /** Share of all logs that are attacks. */
  readonly attackShare: number;
  /** Share of the normal logs that get a parameter with a normal value, so that having one is no sign of attack. */
  readonly normalParameterShare: number;
}

export interface LabelledLogs {
  readonly documents: LogDocument[];
  /** 1 for an attack. */
  readonly labels: Uint8Array;
}

/** Parameters of both kinds carry these names. */
const PARAMETER_NAMES = ['id', 'q', 'name', 'page', 'user', 'search', 'item', 'address'];
/** Share of values that stand in the request as they are; the others are URL-encoded. */
const RAW_SHARE = 0.2;

/**
 * Mixes attacks into real requests. An attack is a copy of a random real request (its path, status, bytes, client,
 * time stay as they are) whose parameter holds an attack value: nothing but that value tells it apart.
 */
export function mixAttacks(sources: WebSources, options: MixOptions): LabelledLogs {
  const random = xoroshiro128plus(options.seed);
  const below = (limit: number): number => unsafeUniformIntDistribution(0, limit - 1, random);
  const draw = <Item>(items: readonly Item[]): Item => items[below(items.length)];
  const chance = (share: number): boolean => below(1_000_000) < share * 1_000_000;
  const withParameter = (request: WebRequest, value: string): LogDocument => {
    const url = request.url.original;
    const path = url.split('?')[0];
    const written = chance(RAW_SHARE) ? value : encodeURIComponent(value);
    const original = `${path}?${draw(PARAMETER_NAMES)}=${written}`;
    return { ...request, url: { original } };
  };
  const logs = sources.requests.map((request) => ({
    document: chance(options.normalParameterShare)
      ? withParameter(request, draw(sources.normalValues))
      : request,
    label: 0,
  }));
  const attacks = Math.round((logs.length * options.attackShare) / (1 - options.attackShare));
  for (let attack = 0; attack < attacks; attack++) {
    logs.push({ document: withParameter(draw(sources.requests), draw(sources.attackValues)), label: 1 });
  }
  for (let last = logs.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [logs[last], logs[other]] = [logs[other], logs[last]];
  }
  return {
    documents: logs.map(({ document }) => document),
    labels: Uint8Array.from(logs, ({ label }) => label),
  };
}
